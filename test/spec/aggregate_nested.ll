; A struct in a struct, taken out as a whole.
;
; eval @f(2, 3) = 12  grad 12 4

define double @f(double %a, double %b) {
  %s0 = insertvalue { [2 x double], double } poison, double %a, 0, 0
  %s1 = insertvalue { [2 x double], double } %s0, double %b, 0, 1
  %s2 = insertvalue { [2 x double], double } %s1, double %a, 1
  %pair = extractvalue { [2 x double], double } %s2, 0
  %x = extractvalue [2 x double] %pair, 0
  %y = extractvalue [2 x double] %pair, 1
  %z = extractvalue { [2 x double], double } %s2, 1
  %xy = fmul double %x, %y
  %xyz = fmul double %xy, %z
  ret double %xyz
}
