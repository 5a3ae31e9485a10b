// Conjugate gradients on a sparse matrix in CSR form, iterated until the residual is small.
#include "check.h"
#include <stdlib.h>

struct csr {
  int n;
  int *start, *column;
  double *value;
};

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static void apply(const struct csr *a, const double *x, double *y) {
  for (int i = 0; i < a->n; ++i) {
    y[i] = 0;
    for (int k = a->start[i]; k < a->start[i + 1]; ++k)
      y[i] += a->value[k] * x[a->column[k]];
  }
}

static double dot(const double *a, const double *b, int n) {
  double s = 0;
  for (int i = 0; i < n; ++i)
    s += a[i] * b[i];
  return s;
}

static double solve(const struct csr *a, const double *b) {
  int n = a->n;
  double *x = (double *)calloc((size_t)n, sizeof *x), *r = (double *)malloc((size_t)n * sizeof *r);
  double *p = (double *)malloc((size_t)n * sizeof *p), *q = (double *)malloc((size_t)n * sizeof *q);
  for (int i = 0; i < n; ++i)
    p[i] = r[i] = b[i];
  double rr = dot(r, r, n);
  for (int k = 0; k < 10 * n && rr > 1e-26; ++k) {
    apply(a, p, q);
    double alpha = rr / dot(p, q, n), old = rr;
    for (int i = 0; i < n; ++i) {
      x[i] += alpha * p[i];
      r[i] -= alpha * q[i];
    }
    rr = dot(r, r, n);
    for (int i = 0; i < n; ++i)
      p[i] = r[i] + rr / old * p[i];
  }
  double s = dot(x, x, n) + x[0];
  free(x), free(r), free(p), free(q);
  return s;
}

int main(void) {
  enum { N = 6, NZ = 16 };
  int start[N + 1] = {0, 2, 5, 8, 11, 14, 16}, column[NZ] = {0, 1, 0, 1, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5, 4, 5};
  double value[NZ] = {3, -1, -1, 4, -1.5, -1.5, 5, -0.5, -0.5, 3, -1, -1, 4, 0.7, 0.7, 2}, dvalue[NZ] = {0};
  double b[N] = {1, 0.5, -2, 1.5, 0.3, 1}, db[N] = {0}, wantB[N], forwardB[N];
  struct csr a = {N, start, column, value}, d = {0, NULL, NULL, dvalue};
  int zeroStart[N + 1] = {0}, zeroColumn[NZ] = {0};
  d.start = zeroStart, d.column = zeroColumn;
  __enzyme_autodiff((void *)solve, enzyme_dup, &a, &d, enzyme_dup, b, db);
  for (int i = 0; i < N; ++i) {
    double tb[N] = {0}, tvalue[NZ] = {0};
    struct csr t = {0, zeroStart, zeroColumn, tvalue};
    tb[i] = 1;
    wantB[i] = DIFFERENCE(solve(&a, b), b[i]);
    forwardB[i] = __enzyme_fwddiff((void *)solve, enzyme_dup, &a, &t, enzyme_dup, b, tb);
  }
  checkArray("reverse b", db, wantB, N, 1e-6);
  checkArray("forward b", forwardB, wantB, N, 1e-6);
  // Only symmetric changes of the matrix keep CG a solver.
  int pairs[2][2] = {{1, 2}, {7, 8}};
  for (int k = 0; k < 2; ++k) {
    int i = pairs[k][0], j = pairs[k][1];
    double kept = value[i], shift = 0, tvalue[NZ] = {0}, tb[N] = {0};
    struct csr t = {0, zeroStart, zeroColumn, tvalue};
    double want = DIFFERENCE((value[i] = value[j] = kept + shift, solve(&a, b)), shift);
    value[i] = value[j] = kept;
    tvalue[i] = tvalue[j] = 1;
    checkDifference("reverse A", dvalue[i] + dvalue[j], want);
    checkDifference("forward A", __enzyme_fwddiff((void *)solve, enzyme_dup, &a, &t, enzyme_dup, b, tb), want);
  }
  return checkResult();
}
