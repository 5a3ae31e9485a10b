; Two names of one place: what is written through one is read through the other.
;
; eval @f([3, 7]) = 81  grad [108 0]

define double @product(ptr %a, ptr %b) noinline {
  %x = load double, ptr %a
  %xx = fmul double %x, %x
  store double %xx, ptr %a
  %y = load double, ptr %b
  %z = load double, ptr %a
  %yz = fmul double %y, %z
  ret double %yz
}

define double @f(ptr %p) {
  %y = call double @product(ptr %p, ptr %p)
  ret double %y
}
