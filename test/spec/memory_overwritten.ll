; A store ends the life of the value before it: nothing flows back to that.
;
; eval @f(3, 5) = 25  grad 0 10

define double @f(double %x, double %y) {
  %p = alloca double
  store double %x, ptr %p
  store double %y, ptr %p
  %z = load double, ptr %p
  %w = fmul double %z, %z
  ret double %w
}
