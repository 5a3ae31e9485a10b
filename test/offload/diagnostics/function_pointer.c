// offload: nvptx64:sm_90
// expect-error: the function called here is known to the host only and cannot be called on device nvptx64:sm_90 (call
// chain: kernel) [device-indirect]
#include "offload_test.h"
static void kernel(size_t i, double *x, double (**functions)(double)) { x[i] = functions[i](x[i]); }
int main(void) {
  double x[4] = {0};
  double (*functions[4])(double) = {sin, cos, exp, tan};
  return __offload_launch(kernel, 4, x, functions);
}
