; Members of a struct value go their own ways, the integer between them too.
;
; eval @f(2, 3) = 18  grad 9 12

define double @f(double %a, double %b) {
  %s0 = insertvalue { double, i64, double } poison, double %a, 0
  %s1 = insertvalue { double, i64, double } %s0, i64 7, 1
  %s2 = insertvalue { double, i64, double } %s1, double %b, 2
  %x = extractvalue { double, i64, double } %s2, 0
  %y = extractvalue { double, i64, double } %s2, 2
  %xy = fmul double %x, %y
  %xyy = fmul double %xy, %y
  ret double %xyy
}
