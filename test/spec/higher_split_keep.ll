; Split mode inside a differentiated function, in a loop, the passes far apart.
; square is applied to x and to y = x + 1; the sum of both derivatives is 2 x + 2 y.
;
; eval @f(3) = 14  grad 4

declare { ptr, double } @__enzyme_augmentfwd(ptr, ...)
declare double @__enzyme_reverse(ptr, ...)

define double @power(double %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %p = phi double [ 1.0, %entry ], [ %q, %loop ]
  %q = fmul double %p, %x
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 2
  br i1 %more, label %loop, label %exit
exit:
  ret double %q
}

define double @f(double %x) {
  %y = fadd double %x, 1.0
  %a = call { ptr, double } (ptr, ...) @__enzyme_augmentfwd(ptr @power, double %x)
  %b = call { ptr, double } (ptr, ...) @__enzyme_augmentfwd(ptr @power, double %y)
  %ta = extractvalue { ptr, double } %a, 0
  %tb = extractvalue { ptr, double } %b, 0
  %da = call double (ptr, ...) @__enzyme_reverse(ptr @power, double %x, double 1.0, ptr %ta)
  %db = call double (ptr, ...) @__enzyme_reverse(ptr @power, double %y, double 1.0, ptr %tb)
  %sum = fadd double %da, %db
  ret double %sum
}
