; Narrowing and widening pass the adjoint through, in the type of the operand.
;
; eval @f(1.5) = 3.375  grad 6.75
; tolerance 1e-5

define double @f(double %x) {
  %narrow = fptrunc double %x to float
  %square = fmul float %narrow, %narrow
  %wide = fpext float %square to double
  %y = fmul double %wide, %x
  ret double %y
}
