; Two arrays change places in every round, as solvers do.
;
; eval @f([2], [3], 3) = 128  grad [512] [0]

define double @f(ptr %p, ptr %q, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %from = phi ptr [ %p, %entry ], [ %to, %loop ]
  %to = phi ptr [ %q, %entry ], [ %from, %loop ]
  %x = load double, ptr %from
  %two = fmul double %x, %x
  store double %two, ptr %to
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %loop, label %exit
exit:
  %y = load double, ptr %to
  %half = fmul double %y, 0.5
  ret double %half
}
