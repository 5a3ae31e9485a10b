; A record of an uncounted loop, a callee's frame behind it, found through a footer.
;
; eval @f(2) = 128  grad 448

define double @square_times(double %a, double %x) noinline {
  %buffer = alloca double
  %aa = fmul double %a, %a
  store double %aa, ptr %buffer
  %again = load double, ptr %buffer
  %y = fmul double %again, %x
  ret double %y
}

define double @f(double %x) {
entry:
  br label %loop
loop:
  %p = phi double [ 1.0, %entry ], [ %q, %latch ]
  %big = fcmp ogt double %p, 100.0
  br i1 %big, label %exit, label %latch
latch:
  %q = call double @square_times(double %p, double %x)
  br label %loop
exit:
  ret double %p
}
