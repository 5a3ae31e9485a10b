; What a callee reads in one iteration is overwritten in the next:
; x^2 + x^4 + x^6, and the callee itself overwrites: x^8.
;
; eval @f(2) = 84  grad 228
; eval @g(2) = 256  grad 1024

define double @square(ptr %p) noinline {
  %x = load double, ptr %p
  %y = fmul double %x, %x
  ret double %y
}

define void @squareInPlace(ptr %p) noinline {
  %x = load double, ptr %p
  %y = fmul double %x, %x
  store double %y, ptr %p
  ret void
}

define double @f(double %x) {
entry:
  %v = alloca double
  store double 1.0, ptr %v
  br label %loop

loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %sum = phi double [ 0.0, %entry ], [ %more, %loop ]
  %power = load double, ptr %v
  %higher = fmul double %power, %x
  store double %higher, ptr %v
  %s = call double @square(ptr %v)
  %more = fadd double %sum, %s
  %next = add i32 %i, 1
  %again = icmp slt i32 %next, 3
  br i1 %again, label %loop, label %end

end:
  ret double %more
}

define double @g(double %x) {
entry:
  %v = alloca double
  store double %x, ptr %v
  br label %loop

loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  call void @squareInPlace(ptr %v)
  %next = add i32 %i, 1
  %again = icmp slt i32 %next, 3
  br i1 %again, label %loop, label %end

end:
  %y = load double, ptr %v
  ret double %y
}
