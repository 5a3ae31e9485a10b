// Reverse over reverse, for a scalar function and for one with a loop over an array.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff_scalar(void *, ...);
extern void __enzyme_autodiff_array(void *, ...);

static double bump(double x) { return exp(-x * x) * sin(x); }
static double slope(double x) { return __enzyme_autodiff_scalar((void *)bump, x); }

static double chain(const double *x, int n) {
  double s = 1;
  for (int i = 0; i < n; ++i)
    s = s * x[i] + cos(s);
  return s;
}

static double directional(const double *x, const double *v, double *g, int n) {
  double s = 0;
  for (int i = 0; i < n; ++i)
    g[i] = 0;
  __enzyme_autodiff_array((void *)chain, enzyme_dup, x, g, enzyme_const, n);
  for (int i = 0; i < n; ++i)
    s += g[i] * v[i];
  return s;
}

static double partial(const double *p, const double *v, double shift, int i) {
  double q[4];
  for (int j = 0; j < 4; ++j)
    q[j] = p[j] + shift * v[j];
  return DIFFERENCE(chain(q, 4), q[i]);
}

int main(void) {
  enum { N = 4 };
  double x = 0.6, e = exp(-x * x), want = e * ((4 * x * x - 3) * sin(x) - 4 * x * cos(x));
  checkExact("scalar", __enzyme_autodiff_scalar((void *)slope, x), want);

  double p[N] = {0.7, -1.1, 0.4, 1.3}, v[N] = {1, 0.5, -1, 2}, g[N], dp[N] = {0}, dg[N] = {0}, hv[N];
  for (int i = 0; i < N; ++i) {
    double shift = 0;
    hv[i] = DIFFERENCE(partial(p, v, shift, i), shift);
  }
  __enzyme_autodiff_array((void *)directional, enzyme_dup, p, dp, enzyme_const, v, enzyme_dup, g, dg, enzyme_const, N);
  checkArray("Hessian times vector", dp, hv, N, 1e-5);
  return checkResult();
}
