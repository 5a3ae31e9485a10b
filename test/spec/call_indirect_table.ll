; Functions in a constant table, called in turn; one of them works in memory.
;
; eval @f([3]) = 324  grad [432]

@table = internal constant [2 x ptr] [ptr @square, ptr @twice]

define void @square(ptr %p) {
  %x = load double, ptr %p
  %y = fmul double %x, %x
  store double %y, ptr %p
  ret void
}

define void @twice(ptr %p) {
  %x = load double, ptr %p
  %y = fmul double %x, 2.0
  store double %y, ptr %p
  ret void
}

define double @f(ptr %p) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %which = and i64 %i, 1
  %place = getelementptr ptr, ptr @table, i64 %which
  %g = load ptr, ptr %place
  call void %g(ptr %p)
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 3
  br i1 %more, label %loop, label %exit
exit:
  %y = load double, ptr %p
  ret double %y
}
