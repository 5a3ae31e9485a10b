; A function that only moves bits, and never says that they are numbers.
;
; eval @f([2, 3]) = 9  grad [0 6]

define void @move(ptr %to, ptr %from) noinline {
  %bits = load i64, ptr %from
  store i64 %bits, ptr %to
  ret void
}

define double @f(ptr %p) {
  %second = getelementptr double, ptr %p, i64 1
  call void @move(ptr %p, ptr %second)
  %x = load double, ptr %p
  %y = load double, ptr %second
  %z = fmul double %x, %y
  ret double %z
}
