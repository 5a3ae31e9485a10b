; The derivative of x^n, whose loop keeps its products on the tape: 4 x^3, and its gradient 12 x^2.
;
; eval @f(2, 4) = 32  grad 48
; eval @f(3, 1) = 1   grad 0

declare double @__enzyme_autodiff(ptr, ...)

define double @power(double %x, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %p = phi double [ 1.0, %entry ], [ %q, %loop ]
  %q = fmul double %p, %x
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %loop, label %exit
exit:
  ret double %q
}

define double @f(double %x, i64 %n) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @power, double %x, i64 %n)
  ret double %d
}
