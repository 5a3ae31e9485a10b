// A void function with three outputs and two inputs: one reverse request combines all output seeds.
#include "check.h"

extern int enzyme_dup;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static void moments(const double *x, double *mean, double *variance, double *products) {
  double m = (x[0] + x[1] + x[2]) / 3;
  *mean = m;
  *variance = 0;
  for (int i = 0; i < 3; ++i) {
    *variance += (x[i] - m) * (x[i] - m) / 2;
    products[i] = x[i] * x[(i + 1) % 3];
  }
}

static double weighted(const double *x, const double *w) {
  double m, v, p[3];
  moments(x, &m, &v, p);
  return w[0] * m + w[1] * v + w[2] * p[0] + w[3] * p[1] + w[4] * p[2];
}

int main(void) {
  double x[3] = {1.5, -0.4, 2.2}, w[5] = {1, 0.5, -2, 3, 0.25}, want[3], forward[3];
  double m, v, p[3], dx[3] = {0, 0, 0}, dm = w[0], dv = w[1], dp[3] = {w[2], w[3], w[4]};
  for (int i = 0; i < 3; ++i)
    want[i] = DIFFERENCE(weighted(x, w), x[i]);

  __enzyme_autodiff((void *)moments, enzyme_dup, x, dx, enzyme_dup, &m, &dm, enzyme_dup, &v, &dv, enzyme_dup, p, dp);
  checkArrayDifference("reverse", dx, want, 3);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {i == 0, i == 1, i == 2}, tm = 0, tv = 0, tp[3] = {0, 0, 0};
    __enzyme_fwddiff((void *)moments, enzyme_dup, x, e, enzyme_dup, &m, &tm, enzyme_dup, &v, &tv, enzyme_dup, p, tp);
    forward[i] = w[0] * tm + w[1] * tv + w[2] * tp[0] + w[3] * tp[1] + w[4] * tp[2];
  }
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
