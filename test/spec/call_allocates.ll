; A callee returns memory that it allocated; the caller frees it.
;
; eval @f(2, 3) = 36  grad 36 24

declare ptr @malloc(i64)
declare void @free(ptr)

define ptr @make(double %a, double %b) noinline {
  %p = call ptr @malloc(i64 16)
  %second = getelementptr double, ptr %p, i64 1
  %ab = fmul double %a, %b
  store double %a, ptr %p
  store double %ab, ptr %second
  ret ptr %p
}

define double @f(double %a, double %b) {
  %p = call ptr @make(double %a, double %b)
  %second = getelementptr double, ptr %p, i64 1
  %x = load double, ptr %p
  %y = load double, ptr %second
  call void @free(ptr %p)
  %xy = fmul double %x, %y
  %z = fmul double %xy, %b
  ret double %z
}
