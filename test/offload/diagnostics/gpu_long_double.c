// offload: nvptx64:sm_90,amdgcn:gfx90a
// expect-error: long double does not exist on device nvptx64:sm_90 (call chain: kernel) [device-long-double]
// expect-error: long double does not exist on device amdgcn:gfx90a
#include "offload_test.h"
static void kernel(size_t i, double *x) {
  long double exact = x[i];
  x[i] = (double)(exact * exact + 1);
}
int main(void) {
  double x[4] = {0};
  return __offload_launch(kernel, 4, x);
}
