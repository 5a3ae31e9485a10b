// Adaptive Simpson quadrature: recursion guided by active values, integrand passed as a function pointer.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

typedef double integrand(double x, const double *p);

static double peak(double x, const double *p) { return exp(-p[0] * (x - p[1]) * (x - p[1])) + p[2] * x; }

static double adapt(integrand *f, const double *p, double a, double fa, double b, double fb, double m, double fm,
                    double whole, double tolerance, int depth) {
  double l = (a + m) / 2, r = (m + b) / 2, fl = f(l, p), fr = f(r, p);
  double left = (m - a) / 6 * (fa + 4 * fl + fm), right = (b - m) / 6 * (fm + 4 * fr + fb);
  double error = left + right - whole;
  if (depth == 0 || fabs(error) < 15 * tolerance)
    return left + right + error / 15;
  return adapt(f, p, a, fa, m, fm, l, fl, left, tolerance / 2, depth - 1) +
         adapt(f, p, m, fm, b, fb, r, fr, right, tolerance / 2, depth - 1);
}

static double integral(const double *p, double a, double b) {
  double m = (a + b) / 2, fa = peak(a, p), fb = peak(b, p), fm = peak(m, p);
  return adapt(peak, p, a, fa, b, fb, m, fm, (b - a) / 6 * (fa + 4 * fm + fb), 1e-9, 30);
}

int main(void) {
  double p[3] = {3, 0.7, 0.5}, dp[3] = {0}, want[3], forward[3];
  __enzyme_autodiff((void *)integral, enzyme_dup, p, dp, enzyme_const, -1.0, enzyme_const, 2.0);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {i == 0, i == 1, i == 2};
    want[i] = DIFFERENCE(integral(p, -1, 2), p[i]);
    forward[i] = __enzyme_fwddiff((void *)integral, enzyme_dup, p, e, enzyme_const, -1.0, enzyme_const, 2.0);
  }
  checkArrayDifference("reverse", dp, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
