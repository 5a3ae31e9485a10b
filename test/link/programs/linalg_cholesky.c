// Log-determinant by an in-place Cholesky factorisation: its gradient is the inverse.
#include "check.h"
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { N = 5 };

static double logDeterminant(const double *a, int n) {
  double l[N * N], sum = 0;
  memcpy(l, a, (size_t)(n * n) * sizeof *a);
  for (int j = 0; j < n; ++j) {
    for (int k = 0; k < j; ++k)
      l[j * n + j] -= l[j * n + k] * l[j * n + k];
    l[j * n + j] = sqrt(l[j * n + j]);
    for (int i = j + 1; i < n; ++i) {
      for (int k = 0; k < j; ++k)
        l[i * n + j] -= l[i * n + k] * l[j * n + k];
      l[i * n + j] /= l[j * n + j];
    }
    sum += 2 * log(l[j * n + j]);
  }
  return sum;
}

int main(void) {
  double a[N * N], da[N * N] = {0}, want[N * N], forward[N * N];
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j)
      a[i * N + j] = (i == j ? 4 : 0) + cos(i * j + 1.0);
  __enzyme_autodiff((void *)logDeterminant, enzyme_dup, a, da, enzyme_const, N);
  for (int k = 0; k < N * N; ++k) {
    double e[N * N] = {0};
    e[k] = 1;
    want[k] = DIFFERENCE(logDeterminant(a, N), a[k]);
    forward[k] = __enzyme_fwddiff((void *)logDeterminant, enzyme_dup, a, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", da, want, N * N);
  checkArrayDifference("forward", forward, want, N * N);

  double identity[N * N], unit[N * N]; // symmetrised gradient times A is the identity
  for (int i = 0; i < N; ++i)
    for (int j = 0; j < N; ++j) {
      identity[i * N + j] = 0, unit[i * N + j] = i == j;
      for (int k = 0; k < N; ++k)
        identity[i * N + j] += (da[i * N + k] + da[k * N + i]) / 2 * a[k * N + j];
    }
  checkArrayExact("inverse", identity, unit, N * N);
  return checkResult();
}
