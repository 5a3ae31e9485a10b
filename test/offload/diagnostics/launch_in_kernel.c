// expect-error: a launch inside a kernel cannot be compiled for device x86_64 (call chain: outer) [device-construct]
#include "offload_test.h"
static void inner(size_t i, double *x) { x[i] += 1; }
static void outer(size_t i, double *x) {
  (void)i;
  __offload_launch(inner, 4, x);
}
int main(void) {
  double x[4] = {0};
  return __offload_launch(outer, 4, x);
}
