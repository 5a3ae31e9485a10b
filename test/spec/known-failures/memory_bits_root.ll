; The function asked for only moves bits: what they are, its caller knows.
; Known failure: not even refused, as it is in a callee: the tangent stays what it was.
;
; check @f([2, 3])

define void @f(ptr %p) {
  %second = getelementptr double, ptr %p, i64 1
  %bits = load i64, ptr %second
  store i64 %bits, ptr %p
  ret void
}
