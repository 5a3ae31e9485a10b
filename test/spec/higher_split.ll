; Split mode inside a differentiated function.
;
; eval @f(3) = 6  grad 2

declare { ptr, double } @__enzyme_augmentfwd(ptr, ...)
declare double @__enzyme_reverse(ptr, ...)

define double @square(double %x) {
  %y = fmul double %x, %x
  ret double %y
}

define double @f(double %x) {
  %both = call { ptr, double } (ptr, ...) @__enzyme_augmentfwd(ptr @square, double %x)
  %tape = extractvalue { ptr, double } %both, 0
  %d = call double (ptr, ...) @__enzyme_reverse(ptr @square, double %x, double 1.0, ptr %tape)
  ret double %d
}
