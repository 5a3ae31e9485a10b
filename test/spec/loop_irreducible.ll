; A loop with two entries: x is entered by the square, -x by the cube.
;
; eval @f(2)  = 64    grad 192
; eval @f(-1) = -1    grad 5

define double @f(double %x) {
entry:
  %positive = fcmp ogt double %x, 0.0
  br i1 %positive, label %first, label %second
first:
  %i1 = phi i64 [ 0, %entry ], [ %i3, %second ]
  %a = phi double [ %x, %entry ], [ %c, %second ]
  %b = fmul double %a, %x
  br label %second
second:
  %i2 = phi i64 [ 0, %entry ], [ %i1, %first ]
  %d = phi double [ %x, %entry ], [ %b, %first ]
  %c = fmul double %d, %x
  %i3 = add i64 %i2, 1
  %more = icmp slt i64 %i3, 2
  br i1 %more, label %first, label %exit
exit:
  %t = fmul double %c, %x
  ret double %t
}
