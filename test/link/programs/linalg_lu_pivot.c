// Solving A x = b by LU with partial pivoting: row swaps are decided by active values.
#include "check.h"
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

enum { N = 4 };

static void solve(double *a, double *b, int n) {
  for (int k = 0; k < n; ++k) {
    int pivot = k;
    for (int i = k + 1; i < n; ++i)
      if (fabs(a[i * n + k]) > fabs(a[pivot * n + k]))
        pivot = i;
    if (pivot != k) {
      for (int j = 0; j < n; ++j) {
        double kept = a[k * n + j];
        a[k * n + j] = a[pivot * n + j];
        a[pivot * n + j] = kept;
      }
      double kept = b[k];
      b[k] = b[pivot];
      b[pivot] = kept;
    }
    for (int i = k + 1; i < n; ++i) {
      double factor = a[i * n + k] /= a[k * n + k];
      for (int j = k + 1; j < n; ++j)
        a[i * n + j] -= factor * a[k * n + j];
      b[i] -= factor * b[k];
    }
  }
  for (int i = n - 1; i >= 0; --i) {
    for (int j = i + 1; j < n; ++j)
      b[i] -= a[i * n + j] * b[j];
    b[i] /= a[i * n + i];
  }
}

int main(void) {
  double a0[N * N] = {0.1, 2, -1, 0.5, 3, -0.2, 1, 1, -1, 4, 0.3, 2, 0.4, 1, 5, -2}, b0[N] = {1, 2, -1, 3};
  double a[N * N], x[N], da[N * N] = {0}, dx[N] = {1, -1, 2, 0.5}, w[N] = {1, -1, 2, 0.5};
  memcpy(a, a0, sizeof a), memcpy(x, b0, sizeof x);
  __enzyme_autodiff((void *)solve, enzyme_dup, a, da, enzyme_dup, x, dx, enzyme_const, N);

  // b-bar = A^-T w and A-bar = -b-bar x^T.
  double transposed[N * N], bBar[N], aBar[N * N];
  for (int i = 0; i < N * N; ++i)
    transposed[i] = a0[i % N * N + i / N];
  memcpy(bBar, w, sizeof w);
  solve(transposed, bBar, N);
  for (int i = 0; i < N * N; ++i)
    aBar[i] = -bBar[i / N] * x[i % N];
  checkArrayExact("reverse b", dx, bBar, N);
  checkArrayExact("reverse A", da, aBar, N * N);

  double ta[N * N], tx[N], dot = 0, expected = 0;
  memcpy(a, a0, sizeof a), memcpy(x, b0, sizeof x);
  for (int i = 0; i < N * N; ++i)
    expected += aBar[i] * (ta[i] = sin(i));
  for (int i = 0; i < N; ++i)
    expected += bBar[i] * (tx[i] = cos(i));
  __enzyme_fwddiff((void *)solve, enzyme_dup, a, ta, enzyme_dup, x, tx, enzyme_const, N);
  for (int i = 0; i < N; ++i)
    dot += w[i] * tx[i];
  checkExact("forward", dot, expected);
  return checkResult();
}
