// Active inputs, a constant input array, a scratch buffer handed in as dupnoneed and one handed in as enzyme_const.
#include "check.h"

extern int enzyme_dup, enzyme_dupnoneed, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

// `scratch` carries active values, `counts` only integers, `weights` only constants.
static double model(const double *x, const double *weights, double *scratch, int *counts, int n) {
  for (int i = 0; i < n; ++i) {
    scratch[i] = x[i] * weights[i];
    counts[i] = scratch[i] > 0;
  }
  double s = 0;
  for (int i = 0; i < n; ++i) {
    scratch[i] = scratch[i] * scratch[(i + 1) % n];
    s += counts[i] ? scratch[i] : weights[i] * x[0];
  }
  return s;
}

int main(void) {
  enum { N = 5 };
  double x[N] = {0.5, -1.5, 2, 0.75, -0.25}, weights[N] = {1, 0.5, 0.25, 2, 3}, want[N], forward[N];
  double scratch[N], dscratch[N] = {0}, dx[N] = {0};
  int counts[N];
  __enzyme_autodiff((void *)model, enzyme_dup, x, dx, enzyme_const, weights, enzyme_dupnoneed, scratch, dscratch,
                    enzyme_const, counts, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0}, tscratch[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(model(x, weights, scratch, counts, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)model, enzyme_dup, x, e, enzyme_const, weights, enzyme_dupnoneed, scratch,
                                  tscratch, enzyme_const, counts, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
