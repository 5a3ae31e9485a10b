// The Thomas algorithm for tridiagonal systems, checked against x = A^-1 d by the residual's derivative.
#include "check.h"

extern int enzyme_dup, enzyme_const, enzyme_dupnoneed;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

enum { N = 6 };

static void thomas(const double *a, const double *b, const double *c, const double *d, double *x, int n) {
  double cp[N];
  cp[0] = c[0] / b[0];
  x[0] = d[0] / b[0];
  for (int i = 1; i < n; ++i) {
    double m = 1 / (b[i] - a[i] * cp[i - 1]);
    cp[i] = c[i] * m;
    x[i] = (d[i] - a[i] * x[i - 1]) * m;
  }
  for (int i = n - 2; i >= 0; --i)
    x[i] -= cp[i] * x[i + 1];
}

int main(void) {
  double a[N] = {0, 1, -0.5, 0.7, 1.2, 0.4}, b[N] = {4, 5, 3.5, 4.2, 6, 3}, c[N] = {1, 0.8, -1.1, 0.6, 0.9, 0};
  double d[N] = {1, 2, -1, 0.5, 3, 1}, x[N], w[N] = {1, -1, 0.5, 2, 1, 3};
  double da[N] = {0}, db[N] = {0}, dc[N] = {0}, dd[N] = {0}, dx[N] = {1, -1, 0.5, 2, 1, 3};
  __enzyme_autodiff((void *)thomas, enzyme_dup, a, da, enzyme_dup, b, db, enzyme_dup, c, dc, enzyme_dup, d, dd,
                    enzyme_dup, x, dx, enzyme_const, N);

  // lambda solves the transposed system; b-bar = -lambda x and so on.
  double at[N] = {0}, ct[N] = {0}, lambda[N], wantA[N], wantB[N], wantC[N];
  for (int i = 1; i < N; ++i)
    at[i] = c[i - 1], ct[i - 1] = a[i];
  thomas(at, b, ct, w, lambda, N);
  for (int i = 0; i < N; ++i) {
    wantA[i] = i ? -lambda[i] * x[i - 1] : 0;
    wantB[i] = -lambda[i] * x[i];
    wantC[i] = i + 1 < N ? -lambda[i] * x[i + 1] : 0;
  }
  checkArrayExact("reverse a", da, wantA, N);
  checkArrayExact("reverse b", db, wantB, N);
  checkArrayExact("reverse c", dc, wantC, N);
  checkArrayExact("reverse d", dd, lambda, N);

  double tb[N], td[N], tx[N] = {0}, dot = 0, expected = 0;
  for (int i = 0; i < N; ++i)
    expected += (tb[i] = i - 2) * wantB[i] + (td[i] = 1.0 / (i + 1)) * lambda[i];
  __enzyme_fwddiff((void *)thomas, enzyme_const, a, enzyme_dup, b, tb, enzyme_const, c, enzyme_dup, d, td,
                   enzyme_dupnoneed, x, tx, enzyme_const, N);
  for (int i = 0; i < N; ++i)
    dot += w[i] * tx[i];
  checkExact("forward", dot, expected);
  return checkResult();
}
