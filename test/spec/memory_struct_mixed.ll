; A struct of a number, an integer and a number is copied as a whole.
;
; eval @f(2, 3) = 24  grad 24 8

declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)
%mixed = type { double, i64, double }

define double @f(double %a, double %b) {
  %s = alloca %mixed
  %t = alloca %mixed
  %s1 = getelementptr %mixed, ptr %s, i64 0, i32 1
  %s2 = getelementptr %mixed, ptr %s, i64 0, i32 2
  store double %a, ptr %s
  store i64 2, ptr %s1
  store double %b, ptr %s2
  call void @llvm.memcpy.p0.p0.i64(ptr %t, ptr %s, i64 24, i1 false)
  %t1 = getelementptr %mixed, ptr %t, i64 0, i32 1
  %t2 = getelementptr %mixed, ptr %t, i64 0, i32 2
  %x = load double, ptr %t
  %n = load i64, ptr %t1
  %y = load double, ptr %t2
  %factor = sitofp i64 %n to double
  %xx = fmul double %x, %x
  %xxy = fmul double %xx, %y
  %z = fmul double %xxy, %factor
  ret double %z
}
