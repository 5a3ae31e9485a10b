; A callee in a loop leaves its tape between the records of the loop.
;
; eval @f(2, 3) = 128  grad 448

define double @square_times(double %a, double %x) noinline {
  %aa = fmul double %a, %a
  %y = fmul double %aa, %x
  ret double %y
}

define double @f(double %x, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 1, %entry ], [ %next, %loop ]
  %p = phi double [ 1.0, %entry ], [ %q, %loop ]
  %q = call double @square_times(double %p, double %x)
  %next = add i64 %i, 1
  %more = icmp sle i64 %next, %n
  br i1 %more, label %loop, label %exit
exit:
  ret double %q
}
