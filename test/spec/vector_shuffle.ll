; A shuffle gives each lane its adjoint back, twice to a lane used twice.
;
; eval @f(2, 3) = 18  grad 9 12

define double @f(double %a, double %b) {
  %v = insertelement <2 x double> poison, double %a, i32 0
  %w = insertelement <2 x double> poison, double %b, i32 0
  %s = shufflevector <2 x double> %v, <2 x double> %w, <4 x i32> <i32 0, i32 2, i32 2, i32 poison>
  %x = extractelement <4 x double> %s, i32 0
  %y = extractelement <4 x double> %s, i32 1
  %z = extractelement <4 x double> %s, i32 2
  %xy = fmul double %x, %y
  %xyz = fmul double %xy, %z
  ret double %xyz
}
