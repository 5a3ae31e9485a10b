; A gather reads a place per lane, a scatter writes one.
;
; eval @f([2, 3, 5]) = 50  grad [25 0 20]

declare <2 x double> @llvm.masked.gather.v2f64.v2p0(<2 x ptr>, <2 x i1>, <2 x double>)
declare void @llvm.masked.scatter.v2f64.v2p0(<2 x double>, <2 x ptr>, <2 x i1>)

define double @f(ptr %p) {
  %from = getelementptr double, ptr %p, <2 x i64> <i64 2, i64 0>
  %v = call <2 x double> @llvm.masked.gather.v2f64.v2p0(<2 x ptr> align 8 %from, <2 x i1> splat (i1 true), <2 x double> zeroinitializer)
  %to = getelementptr double, ptr %p, <2 x i64> <i64 0, i64 1>
  call void @llvm.masked.scatter.v2f64.v2p0(<2 x double> %v, <2 x ptr> align 8 %to, <2 x i1> splat (i1 true))
  %second = getelementptr double, ptr %p, i64 1
  %x = load double, ptr %p
  %y = load double, ptr %second
  %xx = fmul double %x, %x
  %z = fmul double %xx, %y
  ret double %z
}
