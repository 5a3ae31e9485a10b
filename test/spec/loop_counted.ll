; x^n by a counted loop, also when it does not run.
;
; eval @f(2, 5) = 32  grad 80
; eval @f(3, 0) = 1   grad 0

define double @f(double %x, i64 %n) {
entry:
  %some = icmp sgt i64 %n, 0
  br i1 %some, label %loop, label %exit
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %p = phi double [ 1.0, %entry ], [ %px, %loop ]
  %px = fmul double %p, %x
  %next = add nuw nsw i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %loop, label %exit
exit:
  %y = phi double [ 1.0, %entry ], [ %px, %loop ]
  ret double %y
}
