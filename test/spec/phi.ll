; A phi sends the adjoint back the way control came.
;
; eval @f(2, 3)  = 8  grad 12 0
; eval @f(-2, 3) = 9  grad 0 6

define double @f(double %a, double %b) {
  %positive = fcmp ogt double %a, 0.0
  br i1 %positive, label %cube, label %square
cube:
  %a2 = fmul double %a, %a
  %a3 = fmul double %a2, %a
  br label %join
square:
  %b2 = fmul double %b, %b
  br label %join
join:
  %y = phi double [ %a3, %cube ], [ %b2, %square ]
  ret double %y
}
