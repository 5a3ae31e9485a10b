; Freezing a number that is one changes nothing.
;
; eval @f(3) = 9  grad 6

define double @f(double %x) {
  %y = freeze double %x
  %z = fmul double %y, %x
  ret double %z
}
