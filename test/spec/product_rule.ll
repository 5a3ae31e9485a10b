; Product rule: the adjoint of each factor is the other factor times the seed.
;
; eval @f(2, 3)  = 6     grad 3 2
; eval @f(-1, 4) = -4    grad 4 -1

define double @f(double %a, double %b) {
  %y = fmul double %a, %b
  ret double %y
}
