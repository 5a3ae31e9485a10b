; What is overwritten after a call is not what the callee read.
;
; eval @f(3, 5) = 45  grad 30 9

define double @square(ptr %p) noinline {
  %x = load double, ptr %p
  %y = fmul double %x, %x
  ret double %y
}

define double @f(double %x, double %y) {
  %v = alloca double
  store double %x, ptr %v
  %a = call double @square(ptr %v)
  store double %y, ptr %v
  %b = load double, ptr %v
  %r = fmul double %a, %b
  ret double %r
}
