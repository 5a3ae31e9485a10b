; A function pointer as an argument, called in a loop with a context.
;
; eval @f(2, 3) = 18  grad 9 12

define double @scale(double %x, ptr %context) {
  %factor = load double, ptr %context
  %y = fmul double %x, %factor
  ret double %y
}

define double @repeat(ptr %g, double %x, ptr %context) noinline {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %y = phi double [ %x, %entry ], [ %z, %loop ]
  %z = call double %g(double %y, ptr %context)
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 2
  br i1 %more, label %loop, label %exit
exit:
  ret double %z
}

define double @f(double %a, double %b) {
  %context = alloca double
  store double %b, ptr %context
  %y = call double @repeat(ptr @scale, double %a, ptr %context)
  ret double %y
}
