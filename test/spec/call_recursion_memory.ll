; Recursion that updates memory in place: p[n] times x on the way down, p[n-1] p[n] on the way up.
;
; eval @f([2, 3, 5], 7, 2) = 10290  grad [5145 3430 2058] 4410

define void @walk(ptr %p, double %x, i64 %n) noinline {
entry:
  %here = getelementptr double, ptr %p, i64 %n
  %a = load double, ptr %here
  %ax = fmul double %a, %x
  store double %ax, ptr %here
  %some = icmp sgt i64 %n, 0
  br i1 %some, label %deeper, label %end
deeper:
  %less = sub i64 %n, 1
  call void @walk(ptr %p, double %x, i64 %less)
  %below = getelementptr double, ptr %p, i64 %less
  %b = load double, ptr %below
  %c = load double, ptr %here
  %bc = fmul double %b, %c
  store double %bc, ptr %here
  br label %end
end:
  ret void
}

define double @f(ptr %p, double %x, i64 %n) {
  call void @walk(ptr %p, double %x, i64 %n)
  %last = getelementptr double, ptr %p, i64 %n
  %y = load double, ptr %last
  ret double %y
}
