; x[i] = x[i] x[i-1] in place: every product is needed, after it was overwritten.
;
; eval @f([2, 3, 5]) = 30  grad [15 10 6]

define double @f(ptr %p) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 1, %entry ], [ %next, %loop ]
  %here = getelementptr double, ptr %p, i64 %i
  %before = getelementptr double, ptr %here, i64 -1
  %x = load double, ptr %here
  %y = load double, ptr %before
  %xy = fmul double %x, %y
  store double %xy, ptr %here
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 3
  br i1 %more, label %loop, label %exit
exit:
  %last = getelementptr double, ptr %p, i64 2
  %z = load double, ptr %last
  ret double %z
}
