; A callee that only clears memory, and never says that it holds numbers.
;
; eval @f([2, 3], 5) = 15  grad [0 5] 3

declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)

define void @clear(ptr %p) noinline {
  call void @llvm.memset.p0.i64(ptr %p, i8 0, i64 8, i1 false)
  ret void
}

define double @f(ptr %p, double %x) {
  %second = getelementptr double, ptr %p, i64 1
  call void @clear(ptr %p)
  %a = load double, ptr %p
  %b = load double, ptr %second
  %sum = fadd double %a, %b
  %y = fmul double %sum, %x
  ret double %y
}
