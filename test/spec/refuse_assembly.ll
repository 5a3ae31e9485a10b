; Inline assembly that sees a number is refused.
;
; refuse @f(2) [inline-asm]

define double @f(double %x) {
  %y = call double asm "addsd $0, $0", "=x,0"(double %x)
  ret double %y
}
