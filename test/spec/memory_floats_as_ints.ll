; Floats that a program copies through an `int *`, where there are floats and nothing else,
; are copied as floats; also by way of memory that is read and written as integers only.
;
; eval @f(3) = 9  grad 6
; tolerance 1e-5

define void @copy(ptr %to, ptr %from) noinline {
  %between = call ptr @malloc(i64 8)
  %bits = load i32, ptr %from, !tbaa !0
  store i32 %bits, ptr %between, !tbaa !0
  %again = load i32, ptr %between, !tbaa !0
  store i32 %again, ptr %to, !tbaa !0
  call void @free(ptr %between)
  ret void
}

define double @f(double %x) {
  %from = alloca float
  %to = alloca float
  %narrow = fptrunc double %x to float
  store float %narrow, ptr %from
  call void @copy(ptr %to, ptr %from)
  %copied = load float, ptr %to
  %wide = fpext float %copied to double
  %y = fmul double %wide, %wide
  ret double %y
}

declare ptr @malloc(i64)
declare void @free(ptr)

!0 = !{!1, !1, i64 0}
!1 = !{!"int", !2, i64 0}
!2 = !{!"omnipotent char", !3, i64 0}
!3 = !{!"Simple C/C++ TBAA"}
