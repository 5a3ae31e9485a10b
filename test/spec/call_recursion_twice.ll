; A tree of calls: t(n) = x t(n-1) t(n-2).
;
; eval @f(2, 4) = 16  grad 32

define double @f(double %x, i64 %n) {
entry:
  %some = icmp sgt i64 %n, 1
  br i1 %some, label %deeper, label %end
deeper:
  %n1 = sub i64 %n, 1
  %n2 = sub i64 %n, 2
  %a = call double @f(double %x, i64 %n1)
  %b = call double @f(double %x, i64 %n2)
  %ab = fmul double %a, %b
  %y = fmul double %ab, %x
  ret double %y
end:
  ret double 1.0
}
