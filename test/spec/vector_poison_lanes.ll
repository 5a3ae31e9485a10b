; Lanes that nobody reads may be poison: what is multiplied with them has no part in the gradient.
;
; eval @f(2, 3) = 18  grad 9 12

define double @f(double %a, double %b) {
  %v0 = insertelement <4 x double> poison, double %a, i64 0
  %v = insertelement <4 x double> %v0, double %b, i64 1
  %w = shufflevector <4 x double> %v, <4 x double> poison, <4 x i32> <i32 1, i32 1, i32 poison, i32 poison>
  %p = fmul <4 x double> %v, %w
  %x = extractelement <4 x double> %p, i64 0
  %y = extractelement <4 x double> %p, i64 1
  %xy = fmul double %x, %b
  %r = fadd double %xy, 0.0
  ret double %r
}
