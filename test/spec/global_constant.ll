; A constant table is read, its numbers are constant.
;
; eval @f(2, 1) = 6  grad 3

@table = internal constant [2 x double] [double 5.0, double 3.0]

define double @f(double %x, i64 %n) {
  %place = getelementptr double, ptr @table, i64 %n
  %c = load double, ptr %place
  %y = fmul double %x, %c
  ret double %y
}
