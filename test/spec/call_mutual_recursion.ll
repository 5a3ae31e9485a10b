; Two functions that call each other: x, then x^2, in turn.
;
; eval @f(2, 4) = 64  grad 192

define double @other(double %x, i64 %n) noinline {
entry:
  %some = icmp sgt i64 %n, 0
  br i1 %some, label %deeper, label %end
deeper:
  %less = sub i64 %n, 1
  %p = call double @f(double %x, i64 %less)
  %xx = fmul double %x, %x
  %y = fmul double %p, %xx
  ret double %y
end:
  ret double 1.0
}

define double @f(double %x, i64 %n) {
entry:
  %some = icmp sgt i64 %n, 0
  br i1 %some, label %deeper, label %end
deeper:
  %less = sub i64 %n, 1
  %p = call double @other(double %x, i64 %less)
  %y = fmul double %p, %x
  ret double %y
end:
  ret double 1.0
}
