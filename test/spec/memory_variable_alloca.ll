; A local array whose size the run decides.
;
; eval @f(3, 4) = 81  grad 108

define double @f(double %x, i64 %n) {
entry:
  %buffer = alloca double, i64 %n
  br label %fill
fill:
  %i = phi i64 [ 0, %entry ], [ %next, %fill ]
  %place = getelementptr double, ptr %buffer, i64 %i
  store double %x, ptr %place
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %fill, label %multiply
multiply:
  %k = phi i64 [ 0, %fill ], [ %k.next, %multiply ]
  %p = phi double [ 1.0, %fill ], [ %px, %multiply ]
  %from = getelementptr double, ptr %buffer, i64 %k
  %v = load double, ptr %from
  %px = fmul double %p, %v
  %k.next = add i64 %k, 1
  %again = icmp slt i64 %k.next, %n
  br i1 %again, label %multiply, label %exit
exit:
  ret double %px
}
