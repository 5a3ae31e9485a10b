; The same for an operation moved out of a loop that does not need it.
;
; eval @f(-2) = -2  grad 1
; eval @f(4) = 10  grad 1.75

define double @f(double %x) {
entry:
  %usable = fcmp ogt double %x, 0.0
  %root = call double @llvm.sqrt.f64(double %x)
  br label %loop

loop:
  %i = phi i64 [ 0, %entry ], [ %next, %join ]
  %sum = phi double [ %x, %entry ], [ %more, %join ]
  br i1 %usable, label %with, label %join

with:
  %term = fadd double %sum, %root
  br label %join

join:
  %more = phi double [ %sum, %loop ], [ %term, %with ]
  %next = add i64 %i, 1
  %again = icmp slt i64 %next, 3
  br i1 %again, label %loop, label %exit

exit:
  ret double %more
}
