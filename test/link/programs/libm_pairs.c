// Library functions that return a second result through a pointer: sincos, remquo, lgamma_r.
#define _GNU_SOURCE
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double both(double x) {
  double s, c;
  sincos(x * x, &s, &c);
  return s * 2 + c * x;
}

static double quotient(double x) {
  int q;
  double r = remquo(x * 4, 1.3, &q);
  return r * r * q;
}

static double signedGamma(double x) {
  int sign;
  double l = lgamma_r(-x, &sign);
  return l * sign;
}

#define CHECK(f)                                                                                                       \
  {                                                                                                                    \
    double want = DIFFERENCE(f(x), x);                                                                                 \
    checkDifference(#f " reverse", __enzyme_autodiff((void *)f, x), want);                                             \
    checkDifference(#f " forward", __enzyme_fwddiff((void *)f, x, 1.0), want);                                         \
  }

int main(void) {
  double x = 0.83;
  CHECK(both);
  CHECK(quotient);
  CHECK(signedGamma);
  return checkResult();
}
