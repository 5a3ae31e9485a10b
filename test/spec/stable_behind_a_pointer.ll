; What an argument leads to through a second pointer is overwritten after the call.
;
; eval @f(3, 5) = 45  grad 30 9

define double @squareBehind(ptr %p) noinline {
  %q = load ptr, ptr %p
  %x = load double, ptr %q
  %y = fmul double %x, %x
  ret double %y
}

define double @f(double %x, double %y) {
  %holder = alloca ptr
  %v = alloca double
  store ptr %v, ptr %holder
  store double %x, ptr %v
  %a = call double @squareBehind(ptr %holder)
  store double %y, ptr %v
  %b = load double, ptr %v
  %r = fmul double %a, %b
  ret double %r
}
