// Least squares by Householder QR, with reflections applied in place.
#include "check.h"
#include <string.h>

extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { M = 5, N = 3 };

static double fit(const double *given, const double *right) {
  double a[M][N], b[M], x[N];
  memcpy(a, given, sizeof a);
  memcpy(b, right, sizeof b);
  for (int k = 0; k < N; ++k) {
    double norm = 0, v[M] = {0}, vv = 0;
    for (int i = k; i < M; ++i)
      norm += a[i][k] * a[i][k];
    norm = a[k][k] > 0 ? -sqrt(norm) : sqrt(norm);
    for (int i = k; i < M; ++i)
      v[i] = a[i][k] - (i == k ? norm : 0), vv += v[i] * v[i];
    for (int j = k; j <= N; ++j) {
      double dot = 0;
      for (int i = k; i < M; ++i)
        dot += v[i] * (j < N ? a[i][j] : b[i]);
      for (int i = k; i < M; ++i) {
        double *entry = j < N ? &a[i][j] : &b[i];
        *entry -= 2 * dot / vv * v[i];
      }
    }
  }
  for (int i = N - 1; i >= 0; --i) {
    x[i] = b[i];
    for (int j = i + 1; j < N; ++j)
      x[i] -= a[i][j] * x[j];
    x[i] /= a[i][i];
  }
  return x[0] + 2 * x[1] - x[2] * x[0] + b[M - 1] * b[M - 1] + b[M - 2] * b[M - 2];
}

int main(void) {
  double a[M * N], b[M], da[M * N] = {0}, db[M] = {0}, wantA[M * N], wantB[M], forward[M * N];
  for (int i = 0; i < M * N; ++i)
    a[i] = cos(1.0 + i * i) + (i % 4 == 0);
  for (int i = 0; i < M; ++i)
    b[i] = sin(2.0 * i) + 1;
  __enzyme_autodiff((void *)fit, enzyme_dup, a, da, enzyme_dup, b, db);
  for (int i = 0; i < M * N; ++i) {
    double ta[M * N] = {0}, tb[M] = {0};
    ta[i] = 1;
    wantA[i] = DIFFERENCE(fit(a, b), a[i]);
    forward[i] = __enzyme_fwddiff((void *)fit, enzyme_dup, a, ta, enzyme_dup, b, tb);
  }
  for (int i = 0; i < M; ++i)
    wantB[i] = DIFFERENCE(fit(a, b), b[i]);
  checkArrayDifference("reverse A", da, wantA, M * N);
  checkArrayDifference("reverse b", db, wantB, M);
  checkArrayDifference("forward A", forward, wantA, M * N);
  return checkResult();
}
