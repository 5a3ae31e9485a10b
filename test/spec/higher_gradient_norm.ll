; The norm of a gradient: g = sum of x[i]^3 in place, |g'|^2 = sum of 9 x[i]^4.
;
; eval @f([2, 1]) = 153  grad [288 36]

declare void @__enzyme_autodiff(ptr, ...)

define double @cubes(ptr %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %sum = phi double [ 0.0, %entry ], [ %more, %loop ]
  %p = getelementptr double, ptr %x, i64 %i
  %a = load double, ptr %p
  %aa = fmul double %a, %a
  %aaa = fmul double %aa, %a
  %more = fadd double %sum, %aaa
  %next = add i64 %i, 1
  %again = icmp slt i64 %next, 2
  br i1 %again, label %loop, label %exit
exit:
  ret double %more
}

define double @f(ptr %x) {
  %g = alloca [2 x double]
  store [2 x double] zeroinitializer, ptr %g
  call void (ptr, ...) @__enzyme_autodiff(ptr @cubes, ptr %x, ptr %g)
  %second = getelementptr double, ptr %g, i64 1
  %a = load double, ptr %g
  %b = load double, ptr %second
  %aa = fmul double %a, %a
  %bb = fmul double %b, %b
  %y = fadd double %aa, %bb
  ret double %y
}
