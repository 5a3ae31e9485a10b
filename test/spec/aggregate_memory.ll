; A whole struct is loaded and stored.
;
; eval @f([2, 3]) = 18  grad [9 12]

define double @f(ptr %p) {
  %copy = alloca { double, double }
  %s = load { double, double }, ptr %p
  store { double, double } %s, ptr %copy
  %second = getelementptr double, ptr %copy, i64 1
  %x = load double, ptr %copy
  %y = load double, ptr %second
  %xy = fmul double %x, %y
  %xyy = fmul double %xy, %y
  ret double %xyy
}
