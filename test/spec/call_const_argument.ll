; The same callee with an active and with a constant argument.
;
; eval @f(2) = 22  grad 13

define double @product(double %a, double %b) noinline {
  %ab = fmul double %a, %b
  ret double %ab
}

define double @f(double %x) {
  %square = call double @product(double %x, double %x)
  %half = call double @product(double %x, double 9.0)
  %t = call double @product(double 2.0, double 3.0)
  %s = fadd double %square, %half
  ret double %s
}
