; Phis of one block change places at the same time: (a, b) = (b, a b), four times.
;
; eval @f(2, 3) = 1944  grad 2916 3240

define double @f(double %a0, double %b0) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %a = phi double [ %a0, %entry ], [ %b, %loop ]
  %b = phi double [ %b0, %entry ], [ %ab, %loop ]
  %ab = fmul double %a, %b
  %next = add i64 %i, 1
  %done = icmp eq i64 %next, 4
  br i1 %done, label %exit, label %loop
exit:
  ret double %ab
}
