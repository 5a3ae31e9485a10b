// Newton's method with exact Hessians finds the minimum of a function, to the last digit.
#include "check.h"
#include <stdlib.h>
#include <string.h>

enum { N = 5 };
extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

/// sum of cosh(x[i] - x[i-1] - c) with the first and the last near i: smooth and convex.
static double energy(const double *x, int n) {
  double *step = malloc((n + 1) * sizeof *step), e = 0;
  for (int i = 0; i <= n; ++i)
    step[i] = (i < n ? x[i] : 1) - (i > 0 ? x[i - 1] : 0);
  for (int i = 0; i <= n; ++i)
    e += cosh(step[i] - 0.1 * i) + 0.5 * step[i] * step[i] * step[i] * step[i];
  free(step);
  return e;
}

static void gradient(const double *x, double *g, int n) {
  memset(g, 0, n * sizeof *g);
  __enzyme_autodiff((void *)energy, enzyme_dup, x, g, enzyme_const, n);
}

static void solve(double (*a)[N], double *b) {
  for (int k = 0; k < N; ++k)
    for (int i = k + 1; i < N; ++i) {
      double f = a[i][k] / a[k][k];
      for (int j = k; j < N; ++j)
        a[i][j] -= f * a[k][j];
      b[i] -= f * b[k];
    }
  for (int i = N; i-- > 0;) {
    for (int j = i + 1; j < N; ++j)
      b[i] -= a[i][j] * b[j];
    b[i] /= a[i][i];
  }
}

int main(void) {
  double x[N] = {0.5, -0.5, 0.3, 0.9, 0.2}, g[N], zero[N] = {0}, want[N], norm[7];
  for (int round = 0; round < 7; ++round) {
    double h[N][N] = {{0}};
    for (int j = 0; j < N; ++j) {
      double e[N] = {0};
      e[j] = 1;
      __enzyme_fwddiff((void *)gradient, enzyme_dup, x, e, enzyme_dup, g, h[j], enzyme_const, N);
      if (round == 0) {
        for (int i = 0; i < N; ++i) {
          double partial[N];
          want[i] = DIFFERENCE((gradient(x, partial, N), partial[i]), x[j]);
        }
        checkArrayDifference("column", h[j], want, N);
      }
    }
    norm[round] = 0;
    for (int j = 0; j < N; ++j)
      norm[round] += g[j] * g[j];
    solve(h, g);
    for (int j = 0; j < N; ++j)
      x[j] -= g[j];
  }
  gradient(x, g, N);
  checkArray("stationary", g, zero, N, 1e-9);
  checkExact("quadratic convergence", norm[5] < 1e-20 || norm[5] < norm[4] * sqrt(norm[4]), 1);
  return checkResult();
}
