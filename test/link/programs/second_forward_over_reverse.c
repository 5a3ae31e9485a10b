// Forward over reverse: Hessian-vector products of the Rosenbrock function, and the gradient on the way.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

enum { N = 5 };

static double rosenbrock(const double *x, int n) {
  double s = 0;
  for (int i = 0; i + 1 < n; ++i) {
    double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    s += 100 * a * a + b * b;
  }
  return s;
}

static void gradient(const double *x, double *g, int n) {
  for (int i = 0; i < n; ++i)
    g[i] = 0;
  __enzyme_autodiff((void *)rosenbrock, enzyme_dup, x, g, enzyme_const, n);
}

int main(void) {
  double x[N] = {-1.2, 1, 0.7, 0.2, -0.5}, v[N] = {1, -2, 0.5, 3, -1}, g[N], hv[N] = {0}, wantG[N], wantHv[N];
  for (int i = 0; i < N; ++i) {
    wantG[i] = (i + 1 < N ? -400 * x[i] * (x[i + 1] - x[i] * x[i]) - 2 * (1 - x[i]) : 0) +
               (i ? 200 * (x[i] - x[i - 1] * x[i - 1]) : 0);
    double diagonal = (i + 1 < N ? 1200 * x[i] * x[i] - 400 * x[i + 1] + 2 : 0) + (i ? 200 : 0);
    wantHv[i] = diagonal * v[i] + (i + 1 < N ? -400 * x[i] * v[i + 1] : 0) + (i ? -400 * x[i - 1] * v[i - 1] : 0);
  }
  __enzyme_fwddiff((void *)gradient, enzyme_dup, x, v, enzyme_dup, g, hv, enzyme_const, N);
  checkArrayExact("gradient", g, wantG, N);
  checkArrayExact("Hessian times vector", hv, wantHv, N);
  return checkResult();
}
