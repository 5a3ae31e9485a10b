; What has passed through an integer is constant.
;
; eval @f(2.7) = 5.4  grad 2

define double @f(double %x) {
  %i = fptosi double %x to i32
  %whole = sitofp i32 %i to double
  %y = fmul double %whole, %x
  ret double %y
}
