; A counter of integers beside the numbers is advanced once, by the forward sweep.
;
; eval @f(3) = 9  grad 6

define double @f(double %x) {
  %counter = alloca i64
  store i64 2, ptr %counter
  %old = atomicrmw add ptr %counter, i64 1 seq_cst
  %new = load i64, ptr %counter
  %n = sitofp i64 %new to double
  %xx = fmul double %x, %x
  %t = fmul double %xx, %n
  %y = fdiv double %t, 3.0
  ret double %y
}
