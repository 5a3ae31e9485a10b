; The value an atomic addition returns is what was there before.
;
; eval @f([2], 3) = 10  grad [7] 2

define double @f(ptr %p, double %x) {
  %old = atomicrmw fadd ptr %p, double %x monotonic
  %new = load double, ptr %p
  %y = fmul double %new, %old
  ret double %y
}
