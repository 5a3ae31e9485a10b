// Errors are reported by longjmp, and there are none.
#include "check.h"
#include <setjmp.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static jmp_buf failed;

static double logOf(double v) {
  if (v <= 0)
    longjmp(failed, 1);
  return log(v);
}

static double entropy(const double *x, int n) {
  if (setjmp(failed))
    return -1;
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += x[i] * logOf(x[i]);
  return sum;
}

int main(void) {
  enum { N = 3 };
  double x[N] = {0.5, 1.25, 2}, dx[N] = {0}, want[N], forward[N], bad[N] = {1, -1, 1};
  __enzyme_autodiff((void *)entropy, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = log(x[i]) + 1;
    forward[i] = __enzyme_fwddiff((void *)entropy, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayExact("reverse", dx, want, N);
  checkArrayExact("forward", forward, want, N);
  checkExact("the function itself may jump", entropy(bad, N), -1);
  return checkResult();
}
