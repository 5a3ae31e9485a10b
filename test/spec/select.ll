; A select sends the adjoint to the operand that was chosen, and nothing to the other.
;
; eval @f(2, 3) = 3  grad 0 1
; eval @f(5, 3) = 5  grad 1 0

define double @f(double %a, double %b) {
  %greater = fcmp ogt double %a, %b
  %y = select i1 %greater, double %a, double %b
  ret double %y
}
