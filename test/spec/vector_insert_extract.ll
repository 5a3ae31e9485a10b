; Lanes of a vector: an inserted lane cuts the adjoint of what was there.
;
; eval @f(2, 3, 5) = 20  grad 10 0 4

define double @f(double %a, double %b, double %c) {
  %v0 = insertelement <2 x double> zeroinitializer, double %a, i32 0
  %v1 = insertelement <2 x double> %v0, double %b, i32 1
  %v2 = insertelement <2 x double> %v1, double %c, i32 1
  %w = fmul <2 x double> %v2, splat (double 2.0)
  %x = extractelement <2 x double> %v2, i32 0
  %y = extractelement <2 x double> %w, i32 1
  %z = fmul double %x, %y
  ret double %z
}
