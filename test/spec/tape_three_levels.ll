; Counted in uncounted in counted, each with something to keep.
;
; check @f(1.25)

define double @f(double %x) {
entry:
  br label %a
a:
  %i = phi i64 [ 0, %entry ], [ %i.next, %a.latch ]
  %p = phi double [ %x, %entry ], [ %s, %a.latch ]
  br label %b
b:
  %k = phi i64 [ 0, %a ], [ %k.next, %b.latch ]
  %q = phi double [ %p, %a ], [ %s, %b.latch ]
  br label %c
c:
  %j = phi i64 [ 0, %b ], [ %j.next, %c ]
  %r = phi double [ %q, %b ], [ %s, %c ]
  %rx = fmul double %r, %x
  %rr = fmul double %r, %r
  %m0 = fmul double %rr, 0.0625
  %s = fadd double %rx, %m0
  %j.next = add i64 %j, 1
  %j.more = icmp slt i64 %j.next, 2
  br i1 %j.more, label %c, label %b.latch
b.latch:
  %k.next = add i64 %k, 1
  %small = fcmp olt double %s, 3.0
  %few = icmp slt i64 %k.next, 2
  %again = and i1 %small, %few
  br i1 %again, label %b, label %a.latch
a.latch:
  %i.next = add i64 %i, 1
  %i.more = icmp slt i64 %i.next, 2
  br i1 %i.more, label %a, label %exit
exit:
  ret double %s
}
