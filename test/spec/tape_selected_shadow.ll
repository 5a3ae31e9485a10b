; The shadow pointer of every round is needed, and only the tape knows which it was.
;
; eval @f([2], [3], 2) = 1296  grad [2592] [1728]

define double @f(ptr %p, ptr %q, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %product = phi double [ 1.0, %entry ], [ %times, %loop ]
  %odd = trunc i64 %i to i1
  %r = select i1 %odd, ptr %p, ptr %q
  %x = load double, ptr %r
  %xx = fmul double %x, %x
  %times = fmul double %product, %xx
  %next = add i64 %i, 1
  %count = mul i64 %n, 2
  %more = icmp slt i64 %next, %count
  br i1 %more, label %loop, label %exit
exit:
  ret double %times
}
