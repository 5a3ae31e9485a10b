; Memory allocated and freed in every round.
;
; eval @f(2, 3) = 256  grad 1024

declare ptr @malloc(i64)
declare void @free(ptr)

define double @f(double %x, i64 %n) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %p = phi double [ %x, %entry ], [ %pp, %loop ]
  %m = call ptr @malloc(i64 8)
  store double %p, ptr %m
  %q = load double, ptr %m
  %pp = fmul double %p, %q
  call void @free(ptr %m)
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, %n
  br i1 %more, label %loop, label %exit
exit:
  ret double %pp
}
