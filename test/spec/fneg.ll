; A negation passes the negated adjoint on.
;
; eval @f(3) = -9  grad -6

define double @f(double %x) {
  %y = fneg double %x
  %z = fmul double %y, %x
  ret double %z
}
