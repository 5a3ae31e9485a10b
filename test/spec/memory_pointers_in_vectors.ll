; Vectorised code moves pointers two at a time, and a pointer beside an integer, as vectors of integers.
;
; eval @f(3) = 36  grad 30

define void @move(ptr %to, ptr %from) noinline {
  %both = load <2 x i64>, ptr %from, align 8
  store <2 x i64> %both, ptr %to, align 8
  %from.rest = getelementptr i8, ptr %from, i64 16
  %to.rest = getelementptr i8, ptr %to, i64 16
  %mixed = load <4 x i32>, ptr %from.rest, align 8
  store <4 x i32> %mixed, ptr %to.rest, align 8
  ret void
}

define double @sum(ptr %table) noinline {
  %second = getelementptr i8, ptr %table, i64 8
  %third = getelementptr i8, ptr %table, i64 16
  %fourth = getelementptr i8, ptr %table, i64 24
  %p = load ptr, ptr %table
  %q = load ptr, ptr %second
  %r = load ptr, ptr %third
  %count = load i64, ptr %fourth
  %a = load double, ptr %p
  %b = load double, ptr %q
  %c = load double, ptr %r
  %times = uitofp i64 %count to double
  %ab = fmul double %a, %b
  %c.times = fmul double %c, %times
  %s = fadd double %ab, %c.times
  ret double %s
}

; x^2 * x + 3 x
define double @f(double %x) {
  %table = call ptr @malloc(i64 32)
  %moved = call ptr @malloc(i64 32)
  %a = call ptr @malloc(i64 8)
  %b = call ptr @malloc(i64 8)
  %square = fmul double %x, %x
  store double %square, ptr %a
  store double %x, ptr %b
  %second = getelementptr i8, ptr %table, i64 8
  %third = getelementptr i8, ptr %table, i64 16
  %fourth = getelementptr i8, ptr %table, i64 24
  store ptr %a, ptr %table
  store ptr %b, ptr %second
  store ptr %b, ptr %third
  store i64 3, ptr %fourth
  call void @move(ptr %moved, ptr %table)
  %y = call double @sum(ptr %moved)
  call void @free(ptr %table)
  call void @free(ptr %moved)
  call void @free(ptr %a)
  call void @free(ptr %b)
  ret double %y
}

declare ptr @malloc(i64)
declare void @free(ptr)
