; A function nobody knows is refused where a number passes through it.
;
; refuse @f(2) [no-rule]

declare double @mystery(double)

define double @f(double %x) {
  %y = call double @mystery(double %x)
  ret double %y
}
