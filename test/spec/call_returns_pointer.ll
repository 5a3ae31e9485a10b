; A callee returns one of its pointers, whose shadow it must return too.
;
; eval @f([2], [3], 1) = 8   grad [12] [0]
; eval @f([2], [3], 0) = 27  grad [0] [27]

define ptr @choose(ptr %p, ptr %q, i64 %n) noinline {
  %some = icmp ne i64 %n, 0
  %r = select i1 %some, ptr %p, ptr %q
  %x = load double, ptr %r
  %xx = fmul double %x, %x
  store double %xx, ptr %r
  ret ptr %r
}

define double @f(ptr %p, ptr %q, i64 %n) {
  %r0 = select i1 true, ptr %p, ptr %q
  %which = icmp ne i64 %n, 0
  %plain = select i1 %which, ptr %p, ptr %q
  %x = load double, ptr %plain
  %r = call ptr @choose(ptr %p, ptr %q, i64 %n)
  %y = load double, ptr %r
  %z = fmul double %x, %y
  ret double %z
}
