; A candidate of an indirect call that cannot be differentiated does no harm while it is not called.
; Known failure: the candidate itself calls a function that nobody defines, so the example cannot be run.
;
; eval @f(3, 0) = 9  grad 6

@table = internal constant [2 x ptr] [ptr @fine, ptr @refused]

declare double @mystery(double)

define double @fine(double %x) {
  %y = fmul double %x, %x
  ret double %y
}

define double @refused(double %x) {
  %y = call double @mystery(double %x)
  ret double %y
}

define double @f(double %x, i64 %n) {
  %place = getelementptr ptr, ptr @table, i64 %n
  %g = load ptr, ptr %place
  %y = call double %g(double %x)
  ret double %y
}
