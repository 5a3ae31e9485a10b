; A lane of a vector of numbers leaves as an integer, as optimisers copy it to memory.
; Known failure: refused as arithmetic on bits.
;
; eval @f([2, 3]) = 9  grad [0 6]

define double @f(ptr %p) {
  %copy = alloca double
  %v = load <2 x double>, ptr %p, align 8
  %bits = bitcast <2 x double> %v to <2 x i64>
  %second = extractelement <2 x i64> %bits, i64 1
  store i64 %second, ptr %copy
  %x = load double, ptr %copy
  %y = fmul double %x, %x
  ret double %y
}
