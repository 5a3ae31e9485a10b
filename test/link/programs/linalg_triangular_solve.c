// Forward and backward substitution with packed triangular storage, overwriting the right-hand side.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double solve(const double *packed, double *b, int n) {
  const double *row = packed;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < i; ++j)
      b[i] -= *row++ * b[j];
    b[i] /= *row++;
  }
  for (int i = n - 1; i >= 0; --i) {
    b[i] /= packed[i * (i + 3) / 2];
    for (int j = 0; j < i; ++j)
      b[j] -= packed[i * (i + 1) / 2 + j] * b[i];
  }
  double s = 0;
  for (int i = 0; i < n; ++i)
    s += b[i] * b[i];
  return s;
}

static double fresh(const double *packed, const double *b) {
  double x[4] = {b[0], b[1], b[2], b[3]};
  return solve(packed, x, 4);
}

int main(void) {
  enum { N = 4, P = 10 };
  double l[P] = {2, 0.3, 1.5, -0.7, 0.2, 1.8, 1.1, -0.4, 0.6, 2.5}, b[N] = {1, -2, 0.5, 3};
  double dl[P] = {0}, db[N] = {0}, x[N] = {1, -2, 0.5, 3}, wantL[P], wantB[N], forwardL[P], forwardB[N];
  __enzyme_autodiff((void *)solve, enzyme_dup, l, dl, enzyme_dup, x, db, enzyme_const, N);
  for (int i = 0; i < P + N; ++i) {
    double tl[P] = {0}, tb[N] = {0}, y[N] = {1, -2, 0.5, 3};
    double *tangent = i < P ? &tl[i] : &tb[i - P], *x0 = i < P ? &l[i] : &b[i - P];
    *tangent = 1;
    *(i < P ? &wantL[i] : &wantB[i - P]) = DIFFERENCE(fresh(l, b), *x0);
    *(i < P ? &forwardL[i] : &forwardB[i - P]) =
        __enzyme_fwddiff((void *)solve, enzyme_dup, l, tl, enzyme_dup, y, tb, enzyme_const, N);
  }
  checkArrayDifference("reverse L", dl, wantL, P);
  checkArrayDifference("reverse b", db, wantB, N);
  checkArrayDifference("forward L", forwardL, wantL, P);
  checkArrayDifference("forward b", forwardB, wantB, N);
  return checkResult();
}
