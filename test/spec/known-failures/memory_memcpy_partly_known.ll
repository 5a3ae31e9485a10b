; A copy of two numbers, of which the function itself only reads the first.
; Known failure: the tangent copies both, the pullback only the one that is known to be a number.
;
; eval @f([2, 3], [5, 7]) = 4  grad [4 0] [0 0]

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)

define double @f(ptr %p, ptr %q) {
  call void @llvm.memcpy.p0.p0.i64(ptr %q, ptr %p, i64 16, i1 false)
  %x = load double, ptr %p
  %y = fmul double %x, %x
  ret double %y
}
