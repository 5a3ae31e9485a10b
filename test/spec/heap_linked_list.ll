; A list of three nodes, built and then walked: x^3 of shadows of pointers in memory.
;
; eval @f(2) = 48  grad 72

declare ptr @malloc(i64)
declare void @free(ptr)
%node = type { double, ptr }

define double @f(double %x) {
entry:
  br label %build
build:
  %i = phi i64 [ 1, %entry ], [ %i.next, %build ]
  %list = phi ptr [ null, %entry ], [ %new, %build ]
  %new = call ptr @malloc(i64 16)
  %n = sitofp i64 %i to double
  %value = fmul double %x, %n
  store double %value, ptr %new
  %link = getelementptr %node, ptr %new, i64 0, i32 1
  store ptr %list, ptr %link
  %i.next = add i64 %i, 1
  %more = icmp sle i64 %i.next, 3
  br i1 %more, label %build, label %walk
walk:
  %here = phi ptr [ %new, %build ], [ %there, %walk ]
  %p = phi double [ 1.0, %build ], [ %pv, %walk ]
  %v = load double, ptr %here
  %pv = fmul double %p, %v
  %next = getelementptr %node, ptr %here, i64 0, i32 1
  %there = load ptr, ptr %next
  call void @free(ptr %here)
  %end = icmp eq ptr %there, null
  br i1 %end, label %exit, label %walk
exit:
  ret double %pv
}
