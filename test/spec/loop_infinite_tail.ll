; A branch that never returns has no reverse.
;
; eval @f(2) = 4  grad 4

define double @f(double %x) {
entry:
  %negative = fcmp olt double %x, 0.0
  br i1 %negative, label %forever, label %fine
forever:
  br label %forever
fine:
  %y = fmul double %x, %x
  ret double %y
}
