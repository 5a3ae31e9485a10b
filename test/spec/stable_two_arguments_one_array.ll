; Two arguments lead to one array: what a callee reads through the first is
; overwritten through the second.
;
; eval @f([3]) = 54  grad [54]

define double @square(ptr %p) noinline {
  %x = load double, ptr %p
  %y = fmul double %x, %x
  ret double %y
}

define double @both(ptr %a, ptr %b) noinline {
  %r = call double @square(ptr %a)
  %x = load double, ptr %b
  %twice = fadd double %x, %x
  store double %twice, ptr %b
  %y = fmul double %r, %twice
  ret double %y
}

define double @f(ptr %p) {
  %y = call double @both(ptr %p, ptr %p)
  ret double %y
}
