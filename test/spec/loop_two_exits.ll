; Two exits with different results: leave with x^2 at a threshold, with x after four rounds.
;
; eval @f(2)   = 64         grad 192
; eval @f(1.1) = 1.4641     grad 5.324

define double @f(double %x) {
entry:
  br label %head
head:
  %i = phi i64 [ 0, %entry ], [ %next, %latch ]
  %y = phi double [ 1.0, %entry ], [ %yx, %latch ]
  %done = icmp eq i64 %i, 4
  br i1 %done, label %exit, label %body
body:
  %yx = fmul double %y, %x
  %big = fcmp ogt double %yx, 7.0
  br i1 %big, label %leave, label %latch
latch:
  %next = add i64 %i, 1
  br label %head
leave:
  %square = fmul double %yx, %yx
  br label %exit
exit:
  %z = phi double [ %y, %head ], [ %square, %leave ]
  ret double %z
}
