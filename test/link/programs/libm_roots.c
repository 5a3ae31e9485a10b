// sqrt, cbrt, hypot, fma and integer powers mixed in one expression of two variables.
#include "check.h"

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double roots(double x, double y) {
  double h = hypot(x - 1, y + sqrt(x));
  return fma(h, cbrt(y), pow(x, 3)) - pow(y, -2) / sqrt(h + x * x);
}

int main(void) {
  double x = 2.2, y = 1.4;
  double wantX = DIFFERENCE(roots(x, y), x), wantY = DIFFERENCE(roots(x, y), y);
  checkDifference("reverse x", __enzyme_autodiff((void *)roots, enzyme_out, x, enzyme_const, y), wantX);
  checkDifference("reverse y", __enzyme_autodiff((void *)roots, enzyme_const, x, enzyme_out, y), wantY);
  checkDifference("forward x", __enzyme_fwddiff((void *)roots, x, 1.0, enzyme_const, y), wantX);
  checkDifference("forward y", __enzyme_fwddiff((void *)roots, enzyme_const, x, y, 1.0), wantY);
  return checkResult();
}
