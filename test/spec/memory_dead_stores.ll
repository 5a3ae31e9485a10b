; A local array that is written and never read matters to nobody.
;
; eval @f(3) = 9  grad 6

define double @f(double %x) {
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
  %y = fmul double %x, %x
  ret double %y
}
