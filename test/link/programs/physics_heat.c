// Two-dimensional heat equation: two buffers exchanged by pointer each step, conductivity as a parameter field.
#include "check.h"
#include <stdlib.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { N = 7 };

static double diffuse(const double *initial, const double *conductivity, int n, int steps) {
  double *now = (double *)malloc((size_t)(n * n) * sizeof *now),
         *next = (double *)malloc((size_t)(n * n) * sizeof *next);
  for (int i = 0; i < n * n; ++i)
    now[i] = next[i] = initial[i];
  for (int s = 0; s < steps; ++s) {
    for (int i = 1; i + 1 < n; ++i)
      for (int j = 1; j + 1 < n; ++j) {
        int k = i * n + j;
        next[k] = now[k] + 0.2 * conductivity[k] * (now[k - 1] + now[k + 1] + now[k - n] + now[k + n] - 4 * now[k]);
      }
    double *kept = now;
    now = next;
    next = kept;
  }
  double e = 0;
  for (int i = 0; i < n * n; ++i)
    e += now[i] * now[i];
  free(now), free(next);
  return e;
}

int main(void) {
  double u[N * N], c[N * N], du[N * N] = {0}, dc[N * N] = {0}, wantU[N * N], wantC[N * N];
  double zero[N * N] = {0}, forwardU[N * N], forwardC[N * N];
  for (int i = 0; i < N * N; ++i)
    u[i] = sin(i * 0.9) + 1, c[i] = 0.6 + 0.3 * cos(i * 1.7);
  __enzyme_autodiff((void *)diffuse, enzyme_dup, u, du, enzyme_dup, c, dc, enzyme_const, N, enzyme_const, 15);
  for (int i = 0; i < N * N; ++i) {
    double e[N * N] = {0};
    e[i] = 1;
    wantU[i] = DIFFERENCE(diffuse(u, c, N, 15), u[i]);
    wantC[i] = DIFFERENCE(diffuse(u, c, N, 15), c[i]);
    forwardU[i] =
        __enzyme_fwddiff((void *)diffuse, enzyme_dup, u, e, enzyme_dup, c, zero, enzyme_const, N, enzyme_const, 15);
    forwardC[i] =
        __enzyme_fwddiff((void *)diffuse, enzyme_const, u, enzyme_dup, c, e, enzyme_const, N, enzyme_const, 15);
  }
  checkArrayDifference("reverse u", du, wantU, N * N);
  checkArrayDifference("reverse c", dc, wantC, N * N);
  checkArrayDifference("forward u", forwardU, wantU, N * N);
  checkArrayDifference("forward c", forwardC, wantC, N * N);
  return checkResult();
}
