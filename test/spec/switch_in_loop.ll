; A state machine: the switch of every round must be remembered.
;
; eval @f(2, 3) = 729  grad 594 540

define double @f(double %x, double %y) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %latch ]
  %state = phi double [ %y, %entry ], [ %new, %latch ]
  switch i64 %i, label %multiply [ i64 0, label %add
                                   i64 2, label %add ]
add:
  %sum = fadd double %state, %x
  br label %latch
multiply:
  %product = fmul double %state, %state
  br label %latch
latch:
  %new = phi double [ %sum, %add ], [ %product, %multiply ]
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 4
  br i1 %more, label %loop, label %exit
exit:
  ret double %new
}
