; A loop that counts down by two: the product of the elements 4, 2, 0.
;
; eval @f([2, 9, 3, 9, 5]) = 30  grad [15 0 10 0 6]

define double @f(ptr %p) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 4, %entry ], [ %next, %loop ]
  %product = phi double [ 1.0, %entry ], [ %times, %loop ]
  %place = getelementptr double, ptr %p, i64 %i
  %x = load double, ptr %place
  %times = fmul double %product, %x
  %next = sub nsw i64 %i, 2
  %more = icmp sge i64 %next, 0
  br i1 %more, label %loop, label %exit
exit:
  ret double %times
}
