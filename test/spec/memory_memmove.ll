; A block is moved onto itself, one place to the right.
;
; eval @f([2, 3, 5]) = 12  grad [12 4 0]

declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)

define double @f(ptr %p) {
  %second = getelementptr double, ptr %p, i64 1
  %third = getelementptr double, ptr %p, i64 2
  call void @llvm.memmove.p0.p0.i64(ptr %second, ptr %p, i64 16, i1 false)
  %x = load double, ptr %p
  %y = load double, ptr %second
  %z = load double, ptr %third
  %xy = fmul double %x, %y
  %xyz = fmul double %xy, %z
  ret double %xyz
}
