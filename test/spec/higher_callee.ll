; The inner derivative calls a function in a loop: its frames lie on the tape one behind the other.
; x <- x^2 three times is x^8; f = 8 x^7.
;
; eval @f(1.5) = 136.6875  grad 637.875

declare double @__enzyme_autodiff(ptr, ...)

define double @square(double %x) noinline {
  %y = fmul double %x, %x
  ret double %y
}

define double @g(double %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %p = phi double [ %x, %entry ], [ %q, %loop ]
  %q = call double @square(double %p)
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 3
  br i1 %more, label %loop, label %exit
exit:
  ret double %q
}

define double @f(double %x) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @g, double %x)
  ret double %d
}
