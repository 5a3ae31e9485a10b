; A triangular nest: the inner loop's count is the outer's counter.  x^(0+1+2+3).
;
; eval @f(2) = 64  grad 192

define double @f(double %x) {
entry:
  br label %outer
outer:
  %i = phi i64 [ 0, %entry ], [ %i.next, %outer.latch ]
  %p = phi double [ 1.0, %entry ], [ %p.end, %outer.latch ]
  br label %inner
inner:
  %j = phi i64 [ 0, %outer ], [ %j.next, %body ]
  %q = phi double [ %p, %outer ], [ %qx, %body ]
  %more = icmp slt i64 %j, %i
  br i1 %more, label %body, label %outer.latch
body:
  %qx = fmul double %q, %x
  %j.next = add nsw i64 %j, 1
  br label %inner
outer.latch:
  %p.end = phi double [ %q, %inner ]
  %i.next = add nsw i64 %i, 1
  %again = icmp slt i64 %i.next, 4
  br i1 %again, label %outer, label %exit
exit:
  ret double %p.end
}
