; A function returns two numbers, of which one passes through a loop's phi.
;
; eval @f(2, 3) = 48  grad 72 16

define { double, double } @both(double %a, double %b) noinline {
  %ab = fmul double %a, %b
  %bb = fmul double %b, %a
  %s0 = insertvalue { double, double } poison, double %ab, 0
  %s1 = insertvalue { double, double } %s0, double %bb, 1
  ret { double, double } %s1
}

define double @f(double %a, double %b) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %x = phi double [ %b, %entry ], [ %y, %loop ]
  %pair = call { double, double } @both(double %a, double %x)
  %y = extractvalue { double, double } %pair, 0
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 3
  br i1 %more, label %loop, label %exit
exit:
  %last = extractvalue { double, double } %pair, 1
  %sum = fadd double %y, %last
  ret double %sum
}
