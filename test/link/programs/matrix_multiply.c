// C = A B + C for three-loop matrix products: A-bar = C-bar B^T and B-bar = A^T C-bar.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

enum { M = 3, K = 4, N = 5 };

static void multiply(const double *a, const double *b, double *c, int m, int k, int n) {
  for (int i = 0; i < m; ++i)
    for (int j = 0; j < n; ++j)
      for (int l = 0; l < k; ++l)
        c[i * n + j] += a[i * k + l] * b[l * n + j];
}

int main(void) {
  double a[M * K], b[K * N], c[M * N] = {0}, w[M * N], dc[M * N], da[M * K] = {0}, db[K * N] = {0};
  for (int i = 0; i < M * K; ++i)
    a[i] = sin(i + 1.0);
  for (int i = 0; i < K * N; ++i)
    b[i] = cos(2.0 * i);
  for (int i = 0; i < M * N; ++i)
    dc[i] = w[i] = 1.0 / (i + 1);
  double wantA[M * K] = {0}, wantB[K * N] = {0};
  for (int i = 0; i < M; ++i)
    for (int j = 0; j < N; ++j)
      for (int l = 0; l < K; ++l) {
        wantA[i * K + l] += w[i * N + j] * b[l * N + j];
        wantB[l * N + j] += a[i * K + l] * w[i * N + j];
      }
  __enzyme_autodiff((void *)multiply, enzyme_dup, a, da, enzyme_dup, b, db, enzyme_dup, c, dc, enzyme_const, M,
                    enzyme_const, K, enzyme_const, N);
  checkArrayExact("reverse A", da, wantA, M * K);
  checkArrayExact("reverse B", db, wantB, K * N);
  checkArrayExact("seed passes through", dc, w, M * N);

  double ta[M * K], tb[K * N], tc[M * N] = {0}, dot = 0, expected = 0;
  for (int i = 0; i < M * K; ++i)
    expected += (ta[i] = i - 5) * wantA[i];
  for (int i = 0; i < K * N; ++i)
    expected += (tb[i] = 0.5 * i - 3) * wantB[i];
  __enzyme_fwddiff((void *)multiply, enzyme_dup, a, ta, enzyme_dup, b, tb, enzyme_dup, c, tc, enzyme_const, M,
                   enzyme_const, K, enzyme_const, N);
  for (int i = 0; i < M * N; ++i)
    dot += tc[i] * w[i];
  checkExact("forward", dot, expected);
  return checkResult();
}
