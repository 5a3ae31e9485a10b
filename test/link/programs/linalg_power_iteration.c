// The largest eigenvalue of a symmetric matrix by power iteration until it settles: its gradient is v v^T.
#include "check.h"

extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { N = 3 };

static double eigenvalue(const double *a, double *v) {
  double lambda, change;
  for (int i = 0; i < N; ++i)
    v[i] = 1 / sqrt(N);
  do {
    double y[N] = {0}, norm = 0;
    for (int i = 0; i < N; ++i)
      for (int j = 0; j < N; ++j)
        y[i] += a[i * N + j] * v[j];
    for (int i = 0; i < N; ++i)
      norm += y[i] * y[i];
    norm = sqrt(norm);
    lambda = change = 0;
    for (int i = 0; i < N; ++i) {
      lambda += v[i] * y[i];
      change += fabs(v[i] - y[i] / norm);
      v[i] = y[i] / norm;
    }
  } while (change > 1e-12);
  return lambda;
}

int main(void) {
  double a[N * N] = {4, 1, -0.5, 1, 3, 0.8, -0.5, 0.8, 1}, da[N * N] = {0}, v[N], dv[N] = {0}, want[N * N];
  __enzyme_autodiff((void *)eigenvalue, enzyme_dup, a, da, enzyme_dup, v, dv);
  for (int i = 0; i < N * N; ++i) {
    double ta[N * N] = {0}, tv[N] = {0};
    want[i] = v[i / N] * v[i % N];
    ta[i] = 1;
    checkNear("forward", __enzyme_fwddiff((void *)eigenvalue, enzyme_dup, a, ta, enzyme_dup, v, tv), want[i], 1e-8);
  }
  checkArray("reverse", da, want, N * N, 1e-8);
  return checkResult();
}
