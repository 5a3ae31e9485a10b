// erf, erfc, lgamma, tgamma and Bessel functions.
#define _GNU_SOURCE
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double error(double x) { return erf(x); }
static double complement(double x) { return erfc(x); }
static double gammaOf(double x) { return tgamma(x); }
static double logGamma(double x) { return lgamma(x); }
static double besselJ0(double x) { return j0(x); }
static double besselJ1(double x) { return j1(x); }
static double besselJ3(double x) { return jn(3, x); }
static double besselY0(double x) { return y0(x); }
static double besselY1(double x) { return y1(x); }
static double besselY2(double x) { return yn(2, x); }

#define CHECK(f, x)                                                                                                    \
  {                                                                                                                    \
    double want = DIFFERENCE_STEP(f(x), x, 1e-3);                                                                      \
    checkDifference(#f " reverse", __enzyme_autodiff((void *)f, x), want);                                             \
    checkDifference(#f " forward", __enzyme_fwddiff((void *)f, x, 1.0), want);                                         \
  }

int main(void) {
  double x = 1.3, large = 4.6;
  CHECK(error, x);
  CHECK(complement, x);
  CHECK(gammaOf, x);
  CHECK(gammaOf, large);
  CHECK(logGamma, x);
  CHECK(logGamma, large);
  CHECK(besselJ0, x);
  CHECK(besselJ1, x);
  CHECK(besselJ3, x);
  CHECK(besselY0, x);
  CHECK(besselY1, x);
  CHECK(besselY2, x);
  return checkResult();
}
