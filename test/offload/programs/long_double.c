// The host's processor can do what GPUs cannot: long double, and printing.
#include "offload_test.h"

static void kernel(size_t i, long double factor, double *x) {
  long double exact = x[i] * factor;
  if (i == 1000)
    printf("never\n");
  x[i] = (double)(exact - 1e-18L);
}

int main(void) {
  double x[40], wanted[40];
  for (int i = 0; i < 40; ++i)
    x[i] = wanted[i] = i;
  check_ran(__offload_launch(kernel, 40, 1.0L / 3, x));
  for (size_t i = 0; i < 40; ++i)
    kernel(i, 1.0L / 3, wanted);
  for (int i = 0; i < 40; ++i)
    check(x[i], wanted[i]);
  return failures;
}
