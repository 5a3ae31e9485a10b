// A matrix as a pointer to row pointers, with rows swapped by exchanging pointers inside f.
#include "check.h"
#include <stdlib.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double sweep(double **rows, int n) {
  double **order = (double **)malloc((size_t)n * sizeof *order), s = 0;
  for (int i = 0; i < n; ++i)
    order[i] = rows[(i * 2) % n];
  for (int i = 0; i + 1 < n; ++i)
    if (order[i][0] > order[i + 1][0]) {
      double *kept = order[i];
      order[i] = order[i + 1];
      order[i + 1] = kept;
    }
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j)
      s = s * 0.5 + order[i][j] * order[j][i] * (i + 1);
  free(order);
  return s;
}

int main(void) {
  enum { N = 3 };
  double m[N][N] = {{0.9, -0.4, 1.2}, {0.3, 0.8, -1.1}, {0.5, 0.7, 0.2}}, d[N][N] = {{0}};
  double *rows[N] = {m[0], m[1], m[2]}, *drows[N] = {d[0], d[1], d[2]}, want[N * N], forward[N * N];
  __enzyme_autodiff((void *)sweep, enzyme_dup, rows, drows, enzyme_const, N);
  for (int k = 0; k < N * N; ++k) {
    double t[N][N] = {{0}}, *trows[N] = {t[0], t[1], t[2]};
    t[k / N][k % N] = 1;
    want[k] = DIFFERENCE(sweep(rows, N), m[k / N][k % N]);
    forward[k] = __enzyme_fwddiff((void *)sweep, enzyme_dup, rows, trows, enzyme_const, N);
  }
  checkArrayDifference("reverse", &d[0][0], want, N * N);
  checkArrayDifference("forward", forward, want, N * N);
  return checkResult();
}
