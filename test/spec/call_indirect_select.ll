; A function pointer chosen by a condition.
;
; eval @f(2)  = 4   grad 4
; eval @f(-2) = -8  grad 12

define double @square(double %x) {
  %y = fmul double %x, %x
  ret double %y
}

define double @cube(double %x) {
  %xx = fmul double %x, %x
  %y = fmul double %xx, %x
  ret double %y
}

define double @f(double %x) {
  %positive = fcmp ogt double %x, 0.0
  %g = select i1 %positive, ptr @square, ptr @cube
  %y = call double %g(double %x)
  ret double %y
}
