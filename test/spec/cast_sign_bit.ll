; |x| by clearing the sign bit.
;
; eval @f(-3) = 3  grad -1
; eval @f(2)  = 2  grad 1

define double @f(double %x) {
  %bits = bitcast double %x to i64
  %cleared = and i64 %bits, 9223372036854775807
  %y = bitcast i64 %cleared to double
  ret double %y
}
