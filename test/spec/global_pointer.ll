; A global holds a pointer to memory of ours.
;
; eval @f([3], 2) = 18  grad [12] 9

@place = internal global ptr null

define double @f(ptr %p, double %x) {
  store ptr %p, ptr @place
  %q = load ptr, ptr @place
  %a = load double, ptr %q
  %aa = fmul double %a, %a
  %y = fmul double %aa, %x
  ret double %y
}
