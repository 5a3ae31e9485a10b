; A generator keeps integers in a global; the number made of them is a constant.
;
; eval @f(3, 2) = 10.5  grad 3.5 0

@state = internal global i64 0

define i64 @draw(ptr %unused) noinline {
  %old = load i64, ptr @state
  %new = add i64 %old, 3
  store i64 %new, ptr @state
  ret i64 %new
}

define double @f(double %a, double %b) {
  %room = alloca [2 x double]
  store double %b, ptr %room
  store i64 0, ptr @state
  %drawn = call i64 @draw(ptr %room)
  %high = shl i64 %drawn, 50
  %bits = or i64 %high, 4611686018427387904
  %noise = bitcast i64 %bits to double
  %y = fmul double %a, %noise
  ret double %y
}
