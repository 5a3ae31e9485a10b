// Lotka-Volterra with classical Runge-Kutta: gradient with respect to rates and initial state.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static void rate(const double *y, const double *p, double *dy) {
  dy[0] = p[0] * y[0] - p[1] * y[0] * y[1];
  dy[1] = -p[2] * y[1] + p[3] * y[0] * y[1];
}

static double population(const double *p, int steps, double h) {
  double y[2] = {p[4], p[5]};
  for (int n = 0; n < steps; ++n) {
    double k[4][2], z[2];
    rate(y, p, k[0]);
    for (int s = 1; s < 4; ++s) {
      double c = s == 3 ? h : h / 2;
      for (int i = 0; i < 2; ++i)
        z[i] = y[i] + c * k[s - 1][i];
      rate(z, p, k[s]);
    }
    for (int i = 0; i < 2; ++i)
      y[i] += h / 6 * (k[0][i] + 2 * k[1][i] + 2 * k[2][i] + k[3][i]);
  }
  return y[0] + log(y[1]);
}

int main(void) {
  enum { N = 6 };
  double p[N] = {1.1, 0.4, 0.9, 0.3, 2.5, 1.5}, dp[N] = {0}, want[N], forward[N];
  __enzyme_autodiff((void *)population, enzyme_dup, p, dp, enzyme_const, 200, enzyme_const, 0.05);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE_STEP(population(p, 200, 0.05), p[i], 1e-3);
    forward[i] = __enzyme_fwddiff((void *)population, enzyme_dup, p, e, enzyme_const, 200, enzyme_const, 0.05);
  }
  checkArrayDifference("reverse", dp, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
