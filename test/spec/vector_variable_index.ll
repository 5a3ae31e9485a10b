; A lane that only the program's run knows.
;
; eval @f(2, 3, 0) = 4  grad 4 0
; eval @f(2, 3, 1) = 9  grad 0 6

define double @f(double %a, double %b, i64 %lane) {
  %v0 = insertelement <2 x double> poison, double %a, i32 0
  %v1 = insertelement <2 x double> %v0, double %b, i32 1
  %x = extractelement <2 x double> %v1, i64 %lane
  %w = insertelement <2 x double> zeroinitializer, double %x, i64 %lane
  %y = extractelement <2 x double> %w, i64 %lane
  %z = fmul double %x, %y
  ret double %z
}
