; Exchanging a number atomically has no derivative rule yet: refused, not silently wrong.
;
; refuse @f([2], 3) no derivative rule

define double @f(ptr %p, double %x) {
  %old = atomicrmw fmax ptr %p, double %x monotonic
  %y = fmul double %old, %x
  ret double %y
}
