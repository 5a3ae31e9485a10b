// offload: nvptx64:sm_90,amdgcn:gfx90a
// expect-error: 'printf' has no definition for device nvptx64:sm_90 (call chain: kernel) [device-undefined]
// expect-error: 'printf' has no definition for device amdgcn:gfx90a
#include "offload_test.h"
static void kernel(size_t i, double *x) { printf("%f\n", x[i]); }
int main(void) {
  double x[4] = {0};
  return __offload_launch(kernel, 4, x);
}
