; Uncounted around counted around a callee with a loop of its own: four kinds of frames on one tape.
;
; eval @f(1.5) = 25.62890625  grad 119.6015625

define double @power(double %x, i64 %n) noinline {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %p = phi double [ 1.0, %entry ], [ %q, %loop ]
  %q = fmul double %p, %x
  %next = add i64 %i, 1
  %more = icmp sle i64 %next, %n
  br i1 %more, label %loop, label %exit
exit:
  ret double %q
}

define double @f(double %x) {
entry:
  br label %outer
outer:
  %p = phi double [ %x, %entry ], [ %q, %outer.latch ]
  br label %inner
inner:
  %i = phi i64 [ 0, %outer ], [ %next, %inner ]
  %q0 = phi double [ %p, %outer ], [ %q, %inner ]
  %t = call double @power(double %x, i64 %i)
  %q = fmul double %q0, %t
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 3
  br i1 %more, label %inner, label %outer.latch
outer.latch:
  %small = fcmp olt double %q, 10.0
  br i1 %small, label %outer, label %exit
exit:
  %y = fmul double %q, 1.5
  ret double %y
}
