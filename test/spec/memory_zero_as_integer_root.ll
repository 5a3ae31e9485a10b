; The same where nothing else says what the bytes are.
;
; check @f([2, 3])

define void @f(ptr %p) {
  store i64 0, ptr %p
  ret void
}
