; A number is cleared by storing the integer zero, as optimisers write memset.
;
; eval @f([2, 3], 5) = 15  grad [0 5] 3

define double @f(ptr %p, double %x) {
  %second = getelementptr double, ptr %p, i64 1
  store i64 0, ptr %p
  %a = load double, ptr %p
  %b = load double, ptr %second
  %sum = fadd double %a, %b
  %y = fmul double %sum, %x
  ret double %y
}
