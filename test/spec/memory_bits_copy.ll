; Numbers are copied as integers.
;
; eval @f([2, 3]) = 12  grad [12 4]

define double @f(ptr %p) {
  %copy = alloca [2 x double]
  %p1 = getelementptr double, ptr %p, i64 1
  %copy1 = getelementptr double, ptr %copy, i64 1
  %a = load i64, ptr %p
  %b = load i64, ptr %p1
  store i64 %a, ptr %copy
  store i64 %b, ptr %copy1
  %x = load double, ptr %copy
  %y = load double, ptr %copy1
  %xx = fmul double %x, %x
  %z = fmul double %xx, %y
  ret double %z
}
