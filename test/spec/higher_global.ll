; The inner function goes through a global: each level has a shadow of its own.
; g = (x^2)^2, f = 4 x^3.
;
; eval @f(2) = 32  grad 48

@state = internal global double 0.0

declare double @__enzyme_autodiff(ptr, ...)

define double @g(double %x) {
  %xx = fmul double %x, %x
  store double %xx, ptr @state
  %a = load double, ptr @state
  %y = fmul double %a, %a
  ret double %y
}

define double @f(double %x) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @g, double %x)
  ret double %d
}
