; The same through a callee, in a loop, in memory of a caller that reads something else.
;
; eval @f([2, 3]) = 9  grad [0 6]

define double @fill(ptr %p, double %x) noinline {
entry:
  %local = alloca [4 x double]
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %place = getelementptr double, ptr %local, i64 %i
  store double %x, ptr %place
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 4
  br i1 %more, label %loop, label %exit
exit:
  ret double %x
}

define double @f(ptr %p) {
  %second = getelementptr double, ptr %p, i64 1
  %x = load double, ptr %second
  %y = call double @fill(ptr %p, double %x)
  %z = fmul double %y, %x
  ret double %z
}
