// expect-error: cannot launch 'result': a kernel takes its index, of 64 bits, first and returns nothing
// [launch-signature] expect-error: cannot launch 'narrow': a kernel takes its index
#include "offload_test.h"
static double result(size_t i, double *x) { return x[i]; }
static void narrow(int i, double *x) { x[i] = 1; }
int main(void) {
  double x[4];
  return __offload_launch(result, 4, x) + __offload_launch(narrow, 4, x);
}
