; The gradient at the gradient: what one request returns is the argument of the next.
;
; eval @f(3) = 12  grad 4

declare double @__enzyme_autodiff(ptr, ...)

define double @square(double %x) {
  %y = fmul double %x, %x
  ret double %y
}

define double @f(double %x) {
  %a = call double (ptr, ...) @__enzyme_autodiff(ptr @square, double %x)
  %b = call double (ptr, ...) @__enzyme_autodiff(ptr @square, double %a)
  ret double %b
}
