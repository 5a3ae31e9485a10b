; Cleared memory has no derivative, and realloc keeps the one there was.
;
; eval @f(2, 3) = 15  grad 12 5

declare ptr @calloc(i64, i64)
declare ptr @realloc(ptr, i64)
declare void @free(ptr)

define double @f(double %a, double %b) {
  %p = call ptr @calloc(i64 2, i64 8)
  %second = getelementptr double, ptr %p, i64 1
  store double %a, ptr %p
  %q = call ptr @realloc(ptr %p, i64 24)
  %third = getelementptr double, ptr %q, i64 2
  store double %b, ptr %third
  %q1 = getelementptr double, ptr %q, i64 1
  %x = load double, ptr %q
  %zero = load double, ptr %q1
  %y = load double, ptr %third
  call void @free(ptr %q)
  %xx = fmul double %x, %x
  %s = fadd double %xx, %zero
  %s1 = fadd double %s, 1.0
  %z = fmul double %s1, %y
  ret double %z
}
