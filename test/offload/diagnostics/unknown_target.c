// offload: nvptx64:sm_1
// expect-error: linkgrad: offload target 'nvptx64:sm_1': LLVM knows no processor 'sm_1' [offload-target]
#include "offload_test.h"
static void kernel(size_t i, double *x) { x[i] = 1; }
int main(void) {
  double x[4] = {0};
  return __offload_launch(kernel, 4, x);
}
