; A switch whose cases share a block, and a default.
;
; eval @f(2, 0) = 4   grad 4
; eval @f(2, 1) = 8   grad 12
; eval @f(2, 2) = 4   grad 4
; eval @f(2, 9) = 2   grad 1

define double @f(double %x, i64 %n) {
entry:
  switch i64 %n, label %join [ i64 0, label %square
                               i64 1, label %cube
                               i64 2, label %square ]
square:
  %x2 = fmul double %x, %x
  br label %join
cube:
  %x1 = fmul double %x, %x
  %x3 = fmul double %x1, %x
  br label %join
join:
  %y = phi double [ %x, %entry ], [ %x2, %square ], [ %x3, %cube ]
  ret double %y
}
