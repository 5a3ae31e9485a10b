; The derivative of a derivative: f = d/dx x^4.
;
; eval @f(2) = 32  grad 48

declare double @__enzyme_autodiff(ptr, ...)

define double @g(double %x) {
  %xx = fmul double %x, %x
  %y = fmul double %xx, %xx
  ret double %y
}

define double @f(double %x) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @g, double %x)
  ret double %d
}
