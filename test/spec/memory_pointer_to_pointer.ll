; A table of pointers: its shadow holds pointers to shadows.
;
; eval @f([2], [3], 0) = 4  grad [4] [0]
; eval @f([2], [3], 1) = 9  grad [0] [6]

define double @f(ptr %p, ptr %q, i64 %n) {
  %table = alloca [2 x ptr]
  %second = getelementptr ptr, ptr %table, i64 1
  store ptr %p, ptr %table
  store ptr %q, ptr %second
  %place = getelementptr ptr, ptr %table, i64 %n
  %chosen = load ptr, ptr %place
  %x = load double, ptr %chosen
  %y = fmul double %x, %x
  ret double %y
}
