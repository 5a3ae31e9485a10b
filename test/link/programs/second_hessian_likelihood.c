// The Hessian of a log-likelihood: logistic regression, whose Hessian is sum of p (1 - p) a a' + I.
#include "check.h"

enum { N = 4, M = 9 };
extern int enzyme_dup, enzyme_const, enzyme_width, enzyme_dupnoneed;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static double data[M][N];

static double loss(const double *w) {
  double total = 0;
  for (int i = 0; i < M; ++i) {
    double z = 0;
    for (int j = 0; j < N; ++j)
      z += data[i][j] * w[j];
    total += log1p(exp(-z));
  }
  for (int j = 0; j < N; ++j)
    total += 0.5 * w[j] * w[j];
  return total;
}

static void gradient(const double *w, double *g) {
  for (int j = 0; j < N; ++j)
    g[j] = 0;
  __enzyme_autodiff((void *)loss, enzyme_dup, w, g);
}

int main(void) {
  for (int i = 0; i < M; ++i)
    for (int j = 0; j < N; ++j)
      data[i][j] = sin(1 + 3 * i + 5 * j);
  double w[N] = {0.3, -0.2, 0.5, 0.1}, want[N][N] = {{0}};
  for (int i = 0; i < M; ++i) {
    double z = 0;
    for (int j = 0; j < N; ++j)
      z += data[i][j] * w[j];
    double p = 1 / (1 + exp(-z));
    for (int j = 0; j < N; ++j)
      for (int k = 0; k < N; ++k)
        want[j][k] += p * (1 - p) * data[i][j] * data[i][k];
  }
  for (int j = 0; j < N; ++j)
    want[j][j] += 1;

  for (int j = 0; j < N; ++j) {
    double e[N] = {0}, g[N] = {0}, column[N] = {0}, seed[N] = {0}, row[N] = {0};
    e[j] = seed[j] = 1;
    __enzyme_fwddiff((void *)gradient, enzyme_dup, w, e, enzyme_dup, g, column);
    checkArrayExact("forward over reverse", column, want[j], N);
    __enzyme_autodiff((void *)gradient, enzyme_dup, w, row, enzyme_dup, g, seed);
    checkArrayExact("reverse over reverse", row, want[j], N);
  }
  double e0[N] = {1}, e1[N] = {0, 1}, g[N], c0[N] = {0}, c1[N] = {0};
  __enzyme_fwddiff((void *)gradient, enzyme_width, 2, enzyme_dup, w, e0, e1, enzyme_dup, g, c0, c1);
  checkArrayExact("two at a time, first", c0, want[0], N);
  checkArrayExact("two at a time, second", c1, want[1], N);
  return checkResult();
}
