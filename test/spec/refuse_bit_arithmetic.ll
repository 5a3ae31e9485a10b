; Arithmetic on the bits of a number has no derivative.
;
; refuse @f(2) [float-bits]

define double @f(double %x) {
  %bits = bitcast double %x to i64
  %more = add i64 %bits, 12345
  %y = bitcast i64 %more to double
  ret double %y
}
