; A pointer that travels as an integer, chosen by a phi or a select, keeps its shadow.
;
; eval @f(2, 3) = 36  grad 36 24
; eval @g(2, 3) = 6  grad 3 2

declare ptr @malloc(i64)
declare void @free(ptr)

define double @f(double %x, double %y) {
entry:
  %large = fcmp ogt double %x, 0.0
  br i1 %large, label %allocate, label %join

allocate:
  %memory = call ptr @malloc(i64 16)
  %address = ptrtoint ptr %memory to i64
  br label %join

join:
  %integer = phi i64 [ %address, %allocate ], [ 8, %entry ]
  %p = inttoptr i64 %integer to ptr
  %product = fmul double %x, %y
  store double %product, ptr %p
  %v = load double, ptr %p
  %square = fmul double %v, %v
  store double %square, ptr %p
  %w = load double, ptr %p
  call void @free(ptr %p)
  ret double %w
}

define double @g(double %x, double %y) {
  %a = alloca double
  %b = alloca double
  store double %x, ptr %a
  store double 7.0, ptr %b
  %large = fcmp ogt double %y, 0.0
  %ia = ptrtoint ptr %a to i64
  %ib = ptrtoint ptr %b to i64
  %integer = select i1 %large, i64 %ia, i64 %ib
  %p = inttoptr i64 %integer to ptr
  %v = load double, ptr %p
  %product = fmul double %v, %y
  ret double %product
}
