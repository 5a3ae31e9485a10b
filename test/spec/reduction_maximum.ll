; The maximum of a vector sends the adjoint to the lane it was found in.
;
; eval @f([2, 7, 5, 3]) = 49  grad [0 14 0 0]

declare double @llvm.vector.reduce.fmax.v4f64(<4 x double>)

define double @f(ptr %p) {
  %v = load <4 x double>, ptr %p, align 8
  %max = call double @llvm.vector.reduce.fmax.v4f64(<4 x double> %v)
  %y = fmul double %max, %max
  ret double %y
}
