; A callee with a local array that dies when it returns: its shadow lives on the tape.
;
; eval @f(2, 3) = 1296  grad 2592 1728

define double @work(double %a, double %b) noinline {
  %buffer = alloca [2 x double]
  %second = getelementptr double, ptr %buffer, i64 1
  store double %a, ptr %buffer
  store double %b, ptr %second
  %x = load double, ptr %buffer
  %y = load double, ptr %second
  %xy = fmul double %x, %y
  store double %xy, ptr %buffer
  %z = load double, ptr %buffer
  %zz = fmul double %z, %z
  ret double %zz
}

define double @f(double %a, double %b) {
  %y = call double @work(double %a, double %b)
  %z = fmul double %y, %y
  ret double %z
}
