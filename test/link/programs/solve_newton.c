// Newton iterations on a nonlinear system until convergence: the derivative obeys the implicit function theorem.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern int enzyme_out;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

// x^2 + y^2 = p, x y = q with x > y.
static double newton(double p, double q) {
  double x = 2, y = 0.5;
  for (int k = 0; k < 50; ++k) {
    double f = x * x + y * y - p, g = x * y - q;
    if (fabs(f) + fabs(g) < 1e-14)
      break;
    double a = 2 * x, b = 2 * y, c = y, d = x, det = a * d - b * c;
    x -= (d * f - b * g) / det;
    y -= (a * g - c * f) / det;
  }
  return x - 3 * y;
}

static double closed(double p, double q) {
  double sum = sqrt(p + 2 * q), difference = sqrt(p - 2 * q);
  return (sum + difference) / 2 - 3 * (sum - difference) / 2;
}

int main(void) {
  double p = 5.3, q = 1.7, wantP = DIFFERENCE(closed(p, q), p), wantQ = DIFFERENCE(closed(p, q), q);
  checkNear("value", newton(p, q), closed(p, q), 1e-12);
  checkDifference("reverse p", __enzyme_autodiff((void *)newton, enzyme_out, p, enzyme_const, q), wantP);
  checkDifference("reverse q", __enzyme_autodiff((void *)newton, enzyme_const, p, enzyme_out, q), wantQ);
  checkDifference("forward", __enzyme_fwddiff((void *)newton, p, 1.0, q, 1.0), wantP + wantQ);
  return checkResult();
}
