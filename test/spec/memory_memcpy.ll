; A copied block: adjoints of the copy go to the original.
;
; eval @f([2, 3]) = 18  grad [9 12]

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)

define double @f(ptr %p) {
  %copy = alloca [2 x double]
  call void @llvm.memcpy.p0.p0.i64(ptr %copy, ptr %p, i64 16, i1 false)
  %second = getelementptr double, ptr %copy, i64 1
  %x = load double, ptr %copy
  %y = load double, ptr %second
  %xy = fmul double %x, %y
  %xyy = fmul double %xy, %y
  ret double %xyy
}
