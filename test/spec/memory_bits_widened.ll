; A length of two bytes lies behind numbers; it is widened and becomes an index.
;
; eval @f([2, 3]) = 9  grad [0 6]

define double @f(ptr %p) {
  %node = alloca [4 x double]
  %handle = alloca [2 x i64]
  %p1 = getelementptr double, ptr %p, i64 1
  %x = load double, ptr %p
  %y = load double, ptr %p1
  %place = getelementptr double, ptr %node, i64 3
  store i16 1, ptr %place
  br label %fill
fill:
  %i = phi i64 [ 0, %0 ], [ %next, %fill ]
  %value = phi double [ %x, %0 ], [ %y, %fill ]
  %slot = getelementptr double, ptr %node, i64 %i
  store double %value, ptr %slot
  %next = add i64 %i, 1
  %done = icmp eq i64 %next, 2
  br i1 %done, label %read, label %fill
read:
  %length = load i16, ptr %place
  %wide = zext i16 %length to i64
  store i64 %wide, ptr %handle
  %index = load i64, ptr %handle
  %found = getelementptr double, ptr %node, i64 %index
  %z = load double, ptr %found
  %zz = fmul double %z, %z
  ret double %zz
}
