// expect-error: an exception is caught here, which device x86_64 cannot do (call chain: kernel(unsigned long, double*))
// [device-catch]
#include "offload_test.h"
__attribute__((noinline)) static double root(double x) {
  if (x < 0)
    throw x;
  return sqrt(x);
}
static void kernel(size_t i, double *x) {
  try {
    x[i] = root(x[i]);
  } catch (double) {
    x[i] = 0;
  }
}
int main() {
  double x[4] = {-1, 2, 3, 4};
  return __offload_launch(kernel, 4, x);
}
