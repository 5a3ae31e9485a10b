; a b + c, fused or not.
;
; eval @f(2, 3, 5) = 11  grad 3 2 1

declare double @llvm.fmuladd.f64(double, double, double)

define double @f(double %a, double %b, double %c) {
  %y = call double @llvm.fmuladd.f64(double %a, double %b, double %c)
  ret double %y
}
