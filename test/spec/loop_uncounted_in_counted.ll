; Records of an uncounted loop inside a counted one: x halved until below 1, three times, from x i.
;
; eval @f(3) = 3.09375  grad 1.03125

define double @f(double %x) {
entry:
  br label %outer
outer:
  %i = phi i64 [ 1, %entry ], [ %i.next, %outer.latch ]
  %sum = phi double [ 0.0, %entry ], [ %sum.next, %outer.latch ]
  %n = sitofp i64 %i to double
  %start = fmul double %x, %n
  br label %head
head:
  %y = phi double [ %start, %outer ], [ %half, %body ]
  %big = fcmp ogt double %y, 1.0
  br i1 %big, label %body, label %outer.latch
body:
  %half = fmul double %y, 0.5
  br label %head
outer.latch:
  %sum.next = fadd double %sum, %y
  %i.next = add i64 %i, 1
  %more = icmp sle i64 %i.next, 3
  br i1 %more, label %outer, label %exit
exit:
  %z = fmul double %sum.next, 1.5
  ret double %z
}
