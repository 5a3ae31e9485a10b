; The inner function recurs: x^n as x * x^(n-1).
;
; eval @f(2, 4) = 32  grad 48

declare double @__enzyme_autodiff(ptr, ...)

define double @power(double %x, i64 %n) {
  %done = icmp eq i64 %n, 0
  br i1 %done, label %one, label %more
one:
  ret double 1.0
more:
  %m = sub i64 %n, 1
  %p = call double @power(double %x, i64 %m)
  %y = fmul double %x, %p
  ret double %y
}

define double @f(double %x, i64 %n) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @power, double %x, i64 %n)
  ret double %d
}
