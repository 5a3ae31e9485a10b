; A loop that ends when the data says so: squared until it exceeds 100.
;
; eval @f(2)   = 256  grad 1024
; eval @f(200) = 200  grad 1

define double @f(double %x) {
entry:
  br label %head
head:
  %y = phi double [ %x, %entry ], [ %yy, %body ]
  %small = fcmp olt double %y, 100.0
  br i1 %small, label %body, label %exit
body:
  %yy = fmul double %y, %y
  br label %head
exit:
  ret double %y
}
