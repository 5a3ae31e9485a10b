; The sum of a vector gives every lane its adjoint; the product gives the others' product.
;
; eval @f([2, 3, 5, 7]) = 227  grad [106 71 43 31]

declare double @llvm.vector.reduce.fadd.v4f64(double, <4 x double>)
declare double @llvm.vector.reduce.fmul.v4f64(double, <4 x double>)

define double @f(ptr %p) {
  %v = load <4 x double>, ptr %p, align 8
  %sum = call double @llvm.vector.reduce.fadd.v4f64(double 0.0, <4 x double> %v)
  %product = call reassoc double @llvm.vector.reduce.fmul.v4f64(double 1.0, <4 x double> %v)
  %y = fadd double %sum, %product
  ret double %y
}
