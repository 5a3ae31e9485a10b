; A local array of a callee has its shadow on the tape, next to kept numbers.
; h sums x^1 + x^2 + x^3 in an array; f = h' = 1 + 2 x + 3 x^2.
;
; eval @f(2) = 17  grad 14

declare double @__enzyme_autodiff(ptr, ...)

define double @h(double %x) noinline {
entry:
  %a = alloca [4 x double]
  store double 1.0, ptr %a
  br label %fill
fill:
  %i = phi i64 [ 0, %entry ], [ %next, %fill ]
  %from = getelementptr double, ptr %a, i64 %i
  %next = add i64 %i, 1
  %to = getelementptr double, ptr %a, i64 %next
  %before = load double, ptr %from
  %after = fmul double %before, %x
  store double %after, ptr %to
  %more = icmp slt i64 %next, 3
  br i1 %more, label %fill, label %sum
sum:
  %j = phi i64 [ 1, %fill ], [ %k, %sum ]
  %s = phi double [ 0.0, %fill ], [ %t, %sum ]
  %p = getelementptr double, ptr %a, i64 %j
  %v = load double, ptr %p
  %t = fadd double %s, %v
  %k = add i64 %j, 1
  %again = icmp slt i64 %k, 4
  br i1 %again, label %sum, label %exit
exit:
  ret double %t
}

define double @g(double %x) {
  %y = call double @h(double %x)
  ret double %y
}

define double @f(double %x) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @g, double %x)
  ret double %d
}
