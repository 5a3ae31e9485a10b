; A number passes through a global that a callee multiplies.
;
; eval @f(2, 3) = 18  grad 9 12

@state = internal global double 0.0

define void @times(double %b) noinline {
  %x = load double, ptr @state
  %y = fmul double %x, %b
  store double %y, ptr @state
  ret void
}

define double @f(double %a, double %b) {
  store double %a, ptr @state
  call void @times(double %b)
  call void @times(double %b)
  %y = load double, ptr @state
  ret double %y
}
