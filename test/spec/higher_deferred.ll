; The inner function frees memory that its reverse sweep still needs: h = (x^2)^2 through the heap.
;
; eval @f(2) = 32  grad 48

declare double @__enzyme_autodiff(ptr, ...)
declare ptr @malloc(i64)
declare void @free(ptr)

define double @square(double %x) noinline {
  %p = call ptr @malloc(i64 16)
  store double %x, ptr %p
  %a = load double, ptr %p
  %aa = fmul double %a, %a
  store double %aa, ptr %p
  %y = load double, ptr %p
  call void @free(ptr %p)
  ret double %y
}

define double @g(double %x) {
  %y = call double @square(double %x)
  %z = call double @square(double %y)
  ret double %z
}

define double @f(double %x) {
  %d = call double (ptr, ...) @__enzyme_autodiff(ptr @g, double %x)
  ret double %d
}
