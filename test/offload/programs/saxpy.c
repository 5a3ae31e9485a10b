// compile-flags: -g
// y += a * x on the device, and the same on the host.
#include "offload_test.h"

static void saxpy(size_t i, double a, const double *x, double *y) { y[i] += a * x[i]; }

int main(void) {
  enum { n = 1000 };
  double x[n], y[n], expected[n];
  for (int i = 0; i < n; ++i) {
    x[i] = i;
    y[i] = expected[i] = 1;
  }
  int ran = __offload_launch(saxpy, n, 2.0, x, y);
  check_ran(ran);
  for (size_t i = 0; i < n; ++i)
    saxpy(i, 2.0, x, expected);
  for (int i = 0; i < n; ++i)
    check(y[i], expected[i]);
  return failures;
}
