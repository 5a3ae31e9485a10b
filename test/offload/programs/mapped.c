// Mapped memory: launches see the device's copy, the host its own until it is updated.
#include "offload_test.h"
#include <string.h>

static void increase(size_t i, double *x, const double *by) { x[i] += by[i]; }

int main(void) {
  enum { n = 500 };
  const char *wanted = getenv("EXPECT_DEVICE");
  int isDevice = wanted && *wanted == '1';
  double x[n], by[n], out[n];
  for (int i = 0; i < n; ++i) {
    x[i] = i;
    by[i] = 0.5;
  }
  linkgrad_mapping mx = linkgrad_map_tofrom(x, sizeof x);
  linkgrad_mapping mby = linkgrad_map_to(by, sizeof by);
  check_ran(__offload_launch(increase, n, x, by));
  check(x[3], isDevice ? 3 : 3.5); // the device has a copy
  linkgrad_update_from(mx);
  check(x[3], 3.5);
  by[7] = 100;
  linkgrad_update_to(mby);
  // A part of what is mapped.
  check_ran(__offload_launch(increase, n - 5, x + 5, by + 5));
  linkgrad_unmap(mby);
  linkgrad_unmap(mx);
  check(x[3], 3.5);
  check(x[7], 107.5);
  check(x[n - 1], n);

  for (int i = 0; i < n; ++i)
    out[i] = 0;
  linkgrad_mapping mout = linkgrad_map_alloc(out, sizeof out);
  check(linkgrad_device_pointer(out) != (void *)out, isDevice);
  linkgrad_unmap(mout);
  check(linkgrad_device_pointer(out) == (void *)out, 1);
  return failures;
}
