; The same where nothing else says what the bytes are.
; Known failure: the tangent is not cleared, though zero is zero in every type.
;
; check @f([2, 3])

define void @f(ptr %p) {
  store i64 0, ptr %p
  ret void
}
