; Atomic loads and stores of numbers.
;
; eval @f([2], 3) = 27  grad [0] 27

define double @f(ptr %p, double %x) {
  %square = fmul double %x, %x
  store atomic double %square, ptr %p release, align 8
  %y = load atomic double, ptr %p acquire, align 8
  %z = fmul double %y, %x
  ret double %z
}
