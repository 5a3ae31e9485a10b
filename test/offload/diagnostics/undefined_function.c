// compile-flags: -g
// expect-error: undefined_function.c:9:
// expect-error: 'measured' has no definition for device x86_64 (call chain: kernel -> deeper) [device-undefined]
// expect-error: undefined_function.c:13:
// expect-error: 'kernel' is launched here
#include "offload_test.h"
double measured(double);

__attribute__((noinline)) static double deeper(double x) { return measured(x) + 1; }
static void kernel(size_t i, double *x) { x[i] = deeper(x[i]); }
int main(void) {
  double x[4] = {0};
  return __offload_launch(kernel, 4, x);
}
