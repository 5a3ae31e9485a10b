; Three requests deep: x^5 by a loop, its third derivative 60 x^2.
;
; eval @f(2) = 240  grad 240

declare double @__enzyme_autodiff(ptr, ...)

define double @power(double %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %p = phi double [ 1.0, %entry ], [ %q, %loop ]
  %q = fmul double %p, %x
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 5
  br i1 %more, label %loop, label %exit
exit:
  ret double %q
}

define double @first(double %x) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @power, double %x)
  ret double %d
}

define double @second(double %x) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @first, double %x)
  ret double %d
}

define double @f(double %x) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @second, double %x)
  ret double %d
}
