; Arguments that overlap by one element: y^2 is read through the first, then y is
; overwritten through the second.
;
; eval @f([2, 3]) = 54  grad [27 54]

define double @squareOfSecond(ptr %p) noinline {
  %q = getelementptr double, ptr %p, i64 1
  %x = load double, ptr %q
  %y = fmul double %x, %x
  ret double %y
}

define double @both(ptr %a, ptr %b) noinline {
  %r = call double @squareOfSecond(ptr %a)
  %x = load double, ptr %a
  %y = load double, ptr %b
  %xy = fmul double %x, %y
  store double %xy, ptr %b
  %result = fmul double %r, %xy
  ret double %result
}

define double @f(ptr %p) {
  %q = getelementptr double, ptr %p, i64 1
  %y = call double @both(ptr %p, ptr %q)
  ret double %y
}
