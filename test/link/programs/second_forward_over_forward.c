// Forward over forward: a second derivative and a mixed one.
#include "check.h"

extern int enzyme_const;
extern double __enzyme_fwddiff_inner(void *, ...);
extern double __enzyme_fwddiff_outer(void *, ...);

static double f(double x, double y) { return sin(x * y) * exp(x) + y * y * y / x; }
static double fx(double x, double y) { return __enzyme_fwddiff_inner((void *)f, x, 1.0, enzyme_const, y); }

int main(void) {
  double x = 0.9, y = 1.2, s = sin(x * y), c = cos(x * y), e = exp(x);
  double fxx = e * (s * (1 - y * y) + 2 * y * c) + 2 * y * y * y / (x * x * x);
  double fxy = e * (c + x * c - x * y * s) - 3 * y * y / (x * x);
  checkExact("fxx", __enzyme_fwddiff_outer((void *)fx, x, 1.0, enzyme_const, y), fxx);
  checkExact("fxy", __enzyme_fwddiff_outer((void *)fx, enzyme_const, x, y, 1.0), fxy);
  return checkResult();
}
