// An output whose primal is not needed may stay unwritten; one that the function reads itself may not. The
// function that looks at errno in between still finds there what its math left.
#include "check.h"
#include <errno.h>

extern int enzyme_dup, enzyme_dupnoneed, enzyme_const;
extern void __enzyme_autodiff(void *, ...);

enum { N = 4 };

static void squares(const double *x, double *restrict y, int n) {
  for (int i = 0; i < n; ++i)
    y[i] = x[i] * x[i];
}

static void products(const double *x, double *restrict work, double *restrict y, int n) {
  for (int i = 0; i < n; ++i)
    work[i] = x[i] * x[i];
  for (int i = 0; i < n; ++i)
    y[i] = work[i] * work[n - 1 - i];
}

// Twice the logarithms, or the numbers themselves where a logarithm failed: nothing else asks for its result.
static double checkedLogs(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    errno = 0;
    double l = log(x[i]);
    sum += errno ? x[i] : 2 * l;
  }
  return sum;
}

int main(void) {
  double x[N] = {1, -2, 3, 0.5}, y[N], dx[N] = {0}, dy[N] = {1, 2, 3, 4}, work[N], dwork[N] = {0};
  __enzyme_autodiff((void *)squares, enzyme_dup, x, dx, enzyme_dupnoneed, y, dy, enzyme_const, N);
  double want[N] = {2, -8, 18, 4}, zero[N] = {0};
  checkArrayExact("squares", dx, want, N);
  checkArrayExact("their shadow is consumed", dy, zero, N);

  double dx2[N] = {0}, dy2[N] = {1, 1, 1, 1};
  __enzyme_autodiff((void *)products, enzyme_dup, x, dx2, enzyme_dupnoneed, work, dwork, enzyme_dupnoneed, y, dy2,
                    enzyme_const, N);
  double wantProducts[N];
  for (int i = 0; i < N; ++i)
    wantProducts[i] = 4 * x[i] * x[N - 1 - i] * x[N - 1 - i];
  checkArrayExact("products of squares", dx2, wantProducts, N);

  double dx3[N] = {0}, wantLogs[N] = {2, 1, 2.0 / 3, 4};
  __enzyme_autodiff((void *)checkedLogs, enzyme_dup, x, dx3, enzyme_const, N);
  checkArrayExact("logarithms that are checked", dx3, wantLogs, N);
  return checkResult();
}
