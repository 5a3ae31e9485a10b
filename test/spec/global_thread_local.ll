; The same with a thread-local variable.
;
; eval @f(2, 3) = 36  grad 36 24

@state = internal thread_local global double 0.0

declare ptr @llvm.threadlocal.address.p0(ptr)

define double @f(double %a, double %b) {
  %p = call ptr @llvm.threadlocal.address.p0(ptr @state)
  store double %a, ptr %p
  %x = load double, ptr %p
  %xb = fmul double %x, %b
  store double %xb, ptr %p
  %y = load double, ptr %p
  %z = fmul double %y, %y
  ret double %z
}
