; Memory that the reverse sweep reads again is freed after it, and once: here by the
; caller of a callee that reads it, and after a loop.
;
; eval @f(3, 4) = 50  grad 12 16

declare noalias ptr @malloc(i64) allockind("alloc,uninitialized") allocsize(0) "alloc-family"="malloc"
declare void @free(ptr allocptr) allockind("free") "alloc-family"="malloc"

define double @sumOfSquares(ptr %p) noinline nofree {
entry:
  br label %loop

loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %sum = phi double [ 0.0, %entry ], [ %more, %loop ]
  %at = getelementptr double, ptr %p, i64 %i
  %x = load double, ptr %at
  %xx = fmul double %x, %x
  %more = fadd double %sum, %xx
  %next = add i64 %i, 1
  %again = icmp slt i64 %next, 2
  br i1 %again, label %loop, label %end

end:
  ret double %more
}

define double @f(double %x, double %y) {
entry:
  %v = call ptr @malloc(i64 16)
  store double %x, ptr %v
  %w = getelementptr double, ptr %v, i64 1
  store double %y, ptr %w
  %a = call double @sumOfSquares(ptr %v)
  br label %loop

loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %sum = phi double [ %a, %entry ], [ %more, %loop ]
  %at = getelementptr double, ptr %v, i64 %i
  %z = load double, ptr %at
  %zz = fmul double %z, %z
  %more = fadd double %sum, %zz
  %next = add i64 %i, 1
  %again = icmp slt i64 %next, 2
  br i1 %again, label %loop, label %end

end:
  call void @free(ptr %v)
  ret double %more
}
