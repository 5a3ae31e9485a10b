// compile-flags: -g
// expect-error: argument_types.c:12:
// expect-error: argument 1 of 'kernel' has type double, but this launch passes i32 [launch-argument-type]
// expect-error: argument 3 of 'kernel' has type i64, but this launch passes i32
// expect-error: too few arguments for 'kernel': a value of type i64 is missing in this launch [launch-argument-missing]
// expect-error: too many arguments in this launch: 'kernel' takes 3 and its index [launch-arguments-many]
// expect-error: argument 3 of 'kernel' has type i64, but this launch passes double
#include "offload_test.h"
static void kernel(size_t i, double a, double *x, long n) { x[i] = a + n; }
int main(int count, char **arguments) {
  double x[4];
  int ran = __offload_launch(kernel, 4, 2, x, 5);
  ran += __offload_launch(kernel, 4, 2.0, x, count);
  ran += __offload_launch(kernel, 4, 2.0, x);
  ran += __offload_launch(kernel, 4, 2.0, x, 5, 6);
  return ran + __offload_launch(kernel, 4, 2.0, x, 6.0) + (arguments == 0);
}
