; The inner derivative keeps shadow pointers on its tape: a list of two nodes made in a callee.
; g = (x y)^2, f = 2 x y^2.
;
; eval @f(3, 2) = 24  grad 8 24

declare { double, double } @__enzyme_autodiff(ptr, ...)
declare ptr @malloc(i64)
declare void @free(ptr)

define ptr @cons(double %x, ptr %rest) noinline {
  %node = call ptr @malloc(i64 16)
  %link = getelementptr i8, ptr %node, i64 8
  store double %x, ptr %node
  store ptr %rest, ptr %link
  ret ptr %node
}

define double @product(ptr %list) noinline {
entry:
  br label %loop
loop:
  %at = phi ptr [ %list, %entry ], [ %rest, %loop ]
  %p = phi double [ 1.0, %entry ], [ %q, %loop ]
  %x = load double, ptr %at
  %q = fmul double %p, %x
  %link = getelementptr i8, ptr %at, i64 8
  %rest = load ptr, ptr %link
  %more = icmp ne ptr %rest, null
  br i1 %more, label %loop, label %exit
exit:
  ret double %q
}

define double @g(double %x, double %y) {
  %one = call ptr @cons(double %x, ptr null)
  %two = call ptr @cons(double %y, ptr %one)
  %p = call double @product(ptr %two)
  %q = call double @product(ptr %two)
  call void @free(ptr %one)
  call void @free(ptr %two)
  %z = fmul double %p, %q
  ret double %z
}

define double @f(double %x, double %y) {
  %d = call { double, double } (ptr, ...) @__enzyme_autodiff(ptr @g, double %x, double %y)
  %dx = extractvalue { double, double } %d, 0
  ret double %dx
}
