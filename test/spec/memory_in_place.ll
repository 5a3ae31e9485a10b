; Memory that is overwritten in place: the adjoint of the old value replaces that of the new.
;
; eval @f([3, 5], 2) = 18   grad [12 0] 9

define double @f(ptr %p, double %a) {
  %x = load double, ptr %p
  %square = fmul double %x, %x
  store double %square, ptr %p
  %again = load double, ptr %p
  %y = fmul double %again, %a
  ret double %y
}
