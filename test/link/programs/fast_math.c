// Compiled with -ffast-math: reassociated, reciprocal and vectorised arithmetic, minima without NaN handling.
// compile-flags: -ffast-math
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double statistics(const double *x, int n) {
  double sum = 0, product = 1, least = x[0], most = x[0], log2s = 0;
  for (int i = 0; i < n; ++i)
    sum += x[i] / (1 + x[i] * x[i]);
  for (int i = 0; i < n; ++i)
    product *= x[i];
  for (int i = 0; i < n; ++i)
    least = x[i] < least ? x[i] : least;
  for (int i = 0; i < n; ++i)
    most = most < x[i] ? x[i] : most;
  for (int i = 0; i < n; ++i)
    log2s += sqrt(x[i]) * log(x[i]) / 3.0;
  return sum * least - product / most + log2s;
}

int main(void) {
  enum { N = 19 };
  double x[N], dx[N] = {0}, want[N], forward[N];
  for (int i = 0; i < N; ++i)
    x[i] = 1.1 + 0.5 * sin(2.0 * i + 1);
  __enzyme_autodiff((void *)statistics, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(statistics(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)statistics, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
