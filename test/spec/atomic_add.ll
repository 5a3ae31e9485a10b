; Adding atomically is adding: the place keeps its adjoint, the addend gets a copy.
;
; eval @f([2], 3) = 25  grad [10] 10

define double @f(ptr %p, double %x) {
  %old = atomicrmw fadd ptr %p, double %x monotonic
  %new = load double, ptr %p
  %y = fmul double %new, %new
  ret double %y
}
