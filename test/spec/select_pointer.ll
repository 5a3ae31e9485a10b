; A select of pointers: the shadow is chosen by the same condition.
;
; eval @f([2], [3], 1)  = 4  grad [4] [0] 0
; eval @f([2], [3], -1) = 9  grad [0] [6] 0

define double @f(ptr %p, ptr %q, double %a) {
  %positive = fcmp ogt double %a, 0.0
  %r = select i1 %positive, ptr %p, ptr %q
  %x = load double, ptr %r
  %y = fmul double %x, %x
  ret double %y
}
