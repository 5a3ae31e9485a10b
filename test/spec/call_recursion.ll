; x^n by recursion.
;
; eval @f(2, 5) = 32  grad 80
; eval @f(2, 0) = 1   grad 0

define double @f(double %x, i64 %n) {
entry:
  %some = icmp sgt i64 %n, 0
  br i1 %some, label %deeper, label %end
deeper:
  %less = sub i64 %n, 1
  %p = call double @f(double %x, i64 %less)
  %y = fmul double %p, %x
  ret double %y
end:
  ret double 1.0
}
