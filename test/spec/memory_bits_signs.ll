; The signs of bytes are asked for where numbers lie at other times, as hash tables do.
;
; eval @f([2, 3]) = 6  grad [3 2]

define double @f(ptr %p) {
  %table = alloca [2 x i64]
  %p1 = getelementptr double, ptr %p, i64 1
  %x = load double, ptr %p
  %y = load double, ptr %p1
  store double %x, ptr %table
  %a = load double, ptr %table
  %bytes = load <8 x i8>, ptr %table
  %spread = ashr <8 x i8> %bytes, splat (i8 7)
  %signs = bitcast <8 x i8> %spread to i64
  %marks = or i64 %signs, -9187201950435737472
  store i64 %marks, ptr %table
  store double %y, ptr %table
  %b = load double, ptr %table
  %z = fmul double %a, %b
  ret double %z
}
