// What lies on the tape when an exception is thrown: dropped where it is caught, inside the function or outside of it.
#include "check.h"
#include <stdexcept>
#include <sys/resource.h>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);

/// Keeps n numbers on the tape; throws half-way if the sum becomes too large.
__attribute__((noinline)) static double chain(const double *x, int n, double limit) {
  double s = 0.1;
  for (int i = 0; i < n; ++i) {
    s = s * x[i % 3] + 0.2 + 0.01 * sin(s);
    if (s > limit)
      throw std::range_error("too large");
  }
  return s;
}

static double guarded(const double *x, int n, double limit) {
  double first = chain(x, n / 2, 1e9);
  double second;
  try {
    second = chain(x, n, limit) * first;
  } catch (const std::range_error &) {
    second = chain(x, 3, 1e9) + x[1] * first;
  }
  return first * second + chain(x, 2, 1e9);
}

static double gradient(const double *x, double *dx, int n, double limit) {
  return __enzyme_autodiff<double>((void *)chain, enzyme_dup, x, dx, enzyme_const, n, enzyme_const, limit), 0;
}

int main() {
  double x[3] = {0.4, -0.3, 0.5}, dx[3] = {0}, want[3];
  for (double limit : {0.25, 100.0}) {
    dx[0] = dx[1] = dx[2] = 0;
    __enzyme_autodiff<double>((void *)guarded, enzyme_dup, x, dx, enzyme_const, 40, enzyme_const, limit);
    for (int i = 0; i < 3; ++i)
      want[i] = DIFFERENCE(guarded(x, 40, limit), x[i]);
    checkArrayDifference("caught inside", dx, want, 3);
  }
  // Each round keeps half a megabyte before it throws.
  int caught = 0;
  for (int round = 0; round < 1000; ++round)
    try {
      double slow[3] = {0.9999, 0.9999, 0.9999}, unused[3] = {0};
      unused[0] = gradient(slow, unused, 1000000000, 1700);
    } catch (const std::range_error &) {
      ++caught;
    }
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  checkExact("caught outside", caught, 1000);
  checkExact("memory", usage.ru_maxrss < 200 * 1024, 1);
  dx[0] = dx[1] = dx[2] = 0;
  gradient(x, dx, 30, 1e9);
  for (int i = 0; i < 3; ++i)
    want[i] = DIFFERENCE(chain(x, 30, 1e9), x[i]);
  checkArrayDifference("afterwards", dx, want, 3);
  return checkResult();
}
