; A vector stored, its lanes loaded one by one.
;
; eval @f([2, 3]) = 36  grad [36 24]

define double @f(ptr %p) {
  %buffer = alloca <2 x double>
  %v = load <2 x double>, ptr %p, align 8
  %w = fmul <2 x double> %v, %v
  store <2 x double> %w, ptr %buffer
  %second = getelementptr double, ptr %buffer, i64 1
  %x = load double, ptr %buffer
  %y = load double, ptr %second
  %z = fmul double %x, %y
  ret double %z
}
