; An operation that is executed although a select ignores its result sends nothing,
; even where its slope is not a number.
;
; eval @f(0.5) = 0.5  grad 1
; eval @f(5) = 4  grad 0.5

define double @f(double %x) {
  %valid = fcmp ogt double %x, 1.0
  %less = fsub double %x, 1.0
  %root = call double @llvm.sqrt.f64(double %less)
  %twice = fmul double %root, 2.0
  %y = select i1 %valid, double %twice, double %x
  ret double %y
}
