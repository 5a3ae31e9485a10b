; Lanes that are masked out neither read nor write.
;
; eval @f([2, 3], [5, 7]) = 17  grad [4 0] [0 1]

declare <2 x double> @llvm.masked.load.v2f64.p0(ptr, <2 x i1>, <2 x double>)
declare void @llvm.masked.store.v2f64.p0(<2 x double>, ptr, <2 x i1>)

define double @f(ptr %p, ptr %q) {
  %v = call <2 x double> @llvm.masked.load.v2f64.p0(ptr align 8 %p, <2 x i1> <i1 true, i1 false>, <2 x double> splat (double 10.0))
  %w = fmul <2 x double> %v, %v
  call void @llvm.masked.store.v2f64.p0(<2 x double> %w, ptr align 8 %q, <2 x i1> <i1 true, i1 false>)
  %second = getelementptr double, ptr %q, i64 1
  %x = load double, ptr %q
  %y = load double, ptr %second
  %t = fadd double %x, %y
  %z = fadd double %t, 6.0
  ret double %z
}
