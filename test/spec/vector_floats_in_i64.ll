; Two floats travel as one integer, as C compilers pass small structs.
;
; eval @f(2, 3) = 12  grad 12 4
; tolerance 1e-5

define float @product(i64 %bits) noinline {
  %v = bitcast i64 %bits to <2 x float>
  %x = extractelement <2 x float> %v, i32 0
  %y = extractelement <2 x float> %v, i32 1
  %xx = fmul float %x, %x
  %xxy = fmul float %xx, %y
  ret float %xxy
}

define double @f(double %a, double %b) {
  %pair = alloca { float, float }
  %second = getelementptr float, ptr %pair, i64 1
  %fa = fptrunc double %a to float
  %fb = fptrunc double %b to float
  store float %fa, ptr %pair
  store float %fb, ptr %second
  %bits = load i64, ptr %pair
  %y = call float @product(i64 %bits)
  %wide = fpext float %y to double
  ret double %wide
}
