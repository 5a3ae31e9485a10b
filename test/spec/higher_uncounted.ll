; A loop that ends when it has come far enough keeps a record for each iteration.
; x <- x^2 until it exceeds 10: from 2 in two steps (x^4), from 1.5 in three (x^8).
;
; eval @f(2)   = 32        grad 48
; eval @f(1.5) = 136.6875  grad 637.875

declare double @__enzyme_autodiff(ptr, ...)

define double @g(double %x) {
entry:
  br label %loop
loop:
  %p = phi double [ %x, %entry ], [ %q, %loop ]
  %q = fmul double %p, %p
  %more = fcmp olt double %q, 10.0
  br i1 %more, label %loop, label %exit
exit:
  ret double %q
}

define double @f(double %x) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @g, double %x)
  ret double %d
}
