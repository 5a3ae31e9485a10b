// Variable-length arrays and alloca, in a loop and in a recursion, with sizes from the arguments.
#include "check.h"
#include <alloca.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

__attribute__((noinline)) static double pyramid(const double *x, int n) {
  if (n == 1)
    return x[0];
  double row[n - 1];
  for (int i = 0; i + 1 < n; ++i)
    row[i] = x[i] * x[i + 1] + 0.1 * x[0];
  return pyramid(row, n - 1) + row[0];
}

static double sums(const double *x, int n) {
  double s = pyramid(x, n), *kept = (double *)alloca((unsigned long)n * sizeof *kept);
  for (int i = 0; i < n; ++i) {
    double table[i + 1][2];
    for (int j = 0; j <= i; ++j) {
      table[j][0] = x[j] * s;
      table[j][1] = x[i] - table[j / 2][0];
    }
    kept[i] = table[i][1] * table[i / 2][0];
  }
  for (int i = 0; i < n; ++i)
    s += kept[i] * kept[n - 1 - i];
  return s;
}

int main(void) {
  enum { N = 5 };
  double x[N] = {0.8, 1.2, -0.7, 0.5, 1.4}, dx[N] = {0}, want[N], forward[N];
  __enzyme_autodiff((void *)sums, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(sums(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)sums, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
