// Third derivatives of a function of several numbers: reverse over forward over reverse, reverse over reverse over
// forward, and a penalty on the norm of the gradient differentiated twice.
#include "check.h"

enum { N = 3 };
extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);
extern void __enzyme_fwddiff_void(void *, ...);

__attribute__((noinline)) static double mix(double a, double b) { return sin(a) * b + a * b * b; }

static double f(const double *x) {
  double s = 0.5;
  for (int i = 0; i < N; ++i)
    s = mix(s, x[i]) + x[i] * x[(i + 1) % N];
  return s;
}

static void gradient(const double *x, double *g) {
  for (int i = 0; i < N; ++i)
    g[i] = 0;
  __enzyme_autodiff((void *)f, enzyme_dup, x, g);
}

/// v' H v
static double curvature(const double *x, const double *v) {
  double g[N], hv[N] = {0}, s = 0;
  __enzyme_fwddiff_void((void *)gradient, enzyme_dup, x, v, enzyme_dup, g, hv);
  for (int i = 0; i < N; ++i)
    s += v[i] * hv[i];
  return s;
}

static double slope(const double *x, const double *v) { return __enzyme_fwddiff((void *)f, enzyme_dup, x, v); }

static double penalty(const double *x) {
  double g[N], s = 0;
  gradient(x, g);
  for (int i = 0; i < N; ++i)
    s += g[i] * g[i];
  return f(x) + 0.1 * s;
}

static void penaltyGradient(const double *x, double *g) {
  for (int i = 0; i < N; ++i)
    g[i] = 0;
  __enzyme_autodiff((void *)penalty, enzyme_dup, x, g);
}

static void slopeGradient(const double *x, const double *v, double *g) {
  for (int i = 0; i < N; ++i)
    g[i] = 0;
  __enzyme_autodiff((void *)slope, enzyme_dup, x, g, enzyme_const, v);
}

static double projected(const double *x, const double *v) {
  double g[N], s = 0;
  slopeGradient(x, v, g);
  for (int i = 0; i < N; ++i)
    s += v[i] * g[i];
  return s;
}

int main(void) {
  double x[N] = {0.7, -0.4, 1.1}, v[N] = {1, 0.5, -0.8}, dx[N] = {0}, want[N];
  for (int i = 0; i < N; ++i)
    want[i] = DIFFERENCE(curvature(x, v), x[i]);
  __enzyme_autodiff((void *)curvature, enzyme_dup, x, dx, enzyme_const, v);
  checkArrayDifference("reverse over forward over reverse", dx, want, N);
  dx[0] = dx[1] = dx[2] = 0;
  __enzyme_autodiff((void *)projected, enzyme_dup, x, dx, enzyme_const, v);
  checkArrayDifference("reverse over reverse over forward", dx, want, N);

  double g[N], hv[N] = {0}, seed[N] = {1, 0.5, -0.8};
  for (int i = 0; i < N; ++i)
    want[i] = 0;
  double t = 0;
  for (int i = 0; i < N; ++i) {
    double at[N];
    want[i] = DIFFERENCE(({
                           for (int j = 0; j < N; ++j)
                             at[j] = x[j] + t * v[j];
                           penaltyGradient(at, g);
                           g[i];
                         }),
                         t);
  }
  __enzyme_fwddiff_void((void *)penaltyGradient, enzyme_dup, x, v, enzyme_dup, g, hv);
  checkArrayDifference("forward over reverse over reverse", hv, want, N);
  dx[0] = dx[1] = dx[2] = 0;
  __enzyme_autodiff((void *)penaltyGradient, enzyme_dup, x, dx, enzyme_dup, g, seed);
  checkArrayDifference("reverse over reverse over reverse", dx, want, N);
  return checkResult();
}
