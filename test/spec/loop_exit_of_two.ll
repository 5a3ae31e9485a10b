; One branch leaves two loops at once.
;
; eval @f(2) = 16   grad 32
; eval @f(1) = 1    grad 6

define double @f(double %x) {
entry:
  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %i.next, %outer.latch ]
  %p = phi double [ 1.0, %entry ], [ %qx, %outer.latch ]
  br label %inner
inner:
  %j = phi i64 [ 0, %outer ], [ %j.next, %inner.latch ]
  %q = phi double [ %p, %outer ], [ %qx, %inner.latch ]
  %qx = fmul double %q, %x
  %big = fcmp ogt double %qx, 10.0
  br i1 %big, label %exit, label %inner.latch
inner.latch:
  %j.next = add i64 %j, 1
  %inner.more = icmp slt i64 %j.next, 3
  br i1 %inner.more, label %inner, label %outer.latch
outer.latch:
  %i.next = add i64 %i, 1
  %outer.more = icmp slt i64 %i.next, 2
  br i1 %outer.more, label %outer, label %exit
exit:
  %y = phi double [ %qx, %inner ], [ %qx, %outer.latch ]
  ret double %y
}
