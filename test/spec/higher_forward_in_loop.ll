; A forward derivative in a loop, through memory.
;
; eval @f([3], 2) = 36  grad [24] 18

declare void @__enzyme_fwddiff(ptr, ...)

define void @square(ptr %p, ptr %y) {
  %x = load double, ptr %p
  %xx = fmul double %x, %x
  store double %xx, ptr %y
  ret void
}

define double @f(ptr %p, double %a) {
entry:
  %y = alloca double
  %dy = alloca double
  %dx = alloca double
  store double %a, ptr %dx
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  store double 0.0, ptr %dy
  call void (ptr, ...) @__enzyme_fwddiff(ptr @square, ptr %p, ptr %dx, ptr %y, ptr %dy)
  %t = load double, ptr %dy
  store double %t, ptr %dx
  %next = add i64 %i, 1
  %more = icmp slt i64 %next, 2
  br i1 %more, label %loop, label %exit
exit:
  %z = load double, ptr %dx
  %half = fmul double %z, 0.5
  ret double %half
}
