; What is stored is loaded again, from the stack.
;
; eval @f(3) = 9  grad 6

define double @f(double %x) {
  %p = alloca double
  store double %x, ptr %p
  %y = load double, ptr %p
  %z = fmul double %x, %y
  ret double %z
}
