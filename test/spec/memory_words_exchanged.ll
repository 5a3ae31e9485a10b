; Two objects, each of a length and a number, are exchanged word by word.
;
; eval @f([2, 3]) = 21  grad [0 7]

define double @f(ptr %p) {
  %a = alloca { i64, double }
  %b = alloca { i64, double }
  %an = getelementptr i8, ptr %a, i64 8
  %bn = getelementptr i8, ptr %b, i64 8
  %p1 = getelementptr double, ptr %p, i64 1
  %x = load double, ptr %p
  %y = load double, ptr %p1
  store i64 5, ptr %a
  store double %x, ptr %an
  store i64 7, ptr %b
  store double %y, ptr %bn
  br label %word
word:
  %i = phi i64 [ 0, %0 ], [ %next, %word ]
  %here = getelementptr { [8 x i8] }, ptr %a, i64 %i
  %there = getelementptr { [8 x i8] }, ptr %b, i64 %i
  %one = load i64, ptr %here
  %other = load i64, ptr %there
  store i64 %other, ptr %here
  store i64 %one, ptr %there
  %next = add i64 %i, 1
  %done = icmp eq i64 %next, 2
  br i1 %done, label %read, label %word
read:
  %length = load i64, ptr %a
  %number = load double, ptr %an
  %n = sitofp i64 %length to double
  %z = fmul double %n, %number
  ret double %z
}
