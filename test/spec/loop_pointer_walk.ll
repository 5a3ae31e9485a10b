; A pointer walks along an array until it meets the end.
;
; eval @f([2, 3, 5], 3) = 30  grad [15 10 6]

define double @f(ptr %p, i64 %n) {
entry:
  %end = getelementptr double, ptr %p, i64 %n
  br label %loop
loop:
  %here = phi ptr [ %p, %entry ], [ %next, %loop ]
  %product = phi double [ 1.0, %entry ], [ %times, %loop ]
  %x = load double, ptr %here
  %times = fmul double %product, %x
  %next = getelementptr double, ptr %here, i64 1
  %done = icmp eq ptr %next, %end
  br i1 %done, label %exit, label %loop
exit:
  ret double %times
}
