; The bits of a number pass through an integer unchanged, and so does its derivative.
;
; eval @f(3) = 9  grad 6

define double @f(double %x) {
  %bits = bitcast double %x to i64
  %again = bitcast i64 %bits to double
  %y = fmul double %again, %x
  ret double %y
}
