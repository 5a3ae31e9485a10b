// Static locals: a work array reused by every call, and a lazily initialised constant.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double factor(void) {
  static int ready;
  static double value;
  if (!ready) {
    value = 1.0 / 3;
    ready = 1;
  }
  return value;
}

__attribute__((noinline)) static double difference(const double *x, int n, int order) {
  static double work[16];
  if (order == 0) {
    for (int i = 0; i < n; ++i)
      work[i] = x[i] * x[i];
    return work[0];
  }
  difference(x, n, order - 1);
  for (int i = 0; i + 1 < n; ++i)
    work[i] = (work[i + 1] - work[i]) * (1 + work[i]);
  return work[0];
}

static double both(const double *x, int n) {
  double a = difference(x, n, 2), b = difference(x + 1, n - 1, 3);
  return a * b * factor() + a;
}

int main(void) {
  enum { N = 6 };
  double x[N] = {0.6, 0.9, -0.3, 0.7, 1.1, -0.5}, dx[N] = {0}, want[N], forward[N];
  __enzyme_autodiff((void *)both, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(both(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)both, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
