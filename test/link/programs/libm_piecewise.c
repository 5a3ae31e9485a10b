// Rounding, minima, remainders and the functions that take a number apart: derivatives away from the jumps.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double rounding(double x) { return floor(x) * x + ceil(x) + trunc(x) - round(x) * x * x + nearbyint(x); }
static double fractional(double x) { return (x - floor(x)) * rint(3 * x); }
static double smaller(double x) { return fmin(x * x, 2 + x) + fmin(x, 10); }
static double larger(double x) { return fmax(x * x, 2 + x) * fmax(-x, x / 3); }
static double absolute(double x) { return fabs(x) * x + fabs(1 - x); }
static double positivePart(double x) { return fdim(x * x, 3) + fdim(1, x); }
static double signOf(double x) { return copysign(x * x, -x); }
static double modulo(double x) { return fmod(x * 5, 1.7) * x; }
static double nearest(double x) { return remainder(x * 5, 1.7) * x; }
static double denominator(double x) { return fmod(20, x); }
static double scaled(double x) { return ldexp(x, 3) + scalbn(x * x, -2); }

static double split(double x) {
  double whole;
  double part = modf(x * 3, &whole);
  return part * part + whole * x;
}

static double mantissa(double x) {
  int exponent;
  double m = frexp(x * 7, &exponent);
  return m * m * exponent;
}

#define CHECK(f)                                                                                                       \
  {                                                                                                                    \
    double want = DIFFERENCE(f(x), x);                                                                                 \
    checkDifference(#f " reverse", __enzyme_autodiff((void *)f, x), want);                                             \
    checkDifference(#f " forward", __enzyme_fwddiff((void *)f, x, 1.0), want);                                         \
  }

int main(void) {
  for (double x = 1.37; x < 4; x += 1.23) {
    CHECK(rounding);
    CHECK(fractional);
    CHECK(smaller);
    CHECK(larger);
    CHECK(absolute);
    CHECK(positivePart);
    CHECK(signOf);
    CHECK(modulo);
    CHECK(nearest);
    CHECK(denominator);
    CHECK(scaled);
    CHECK(split);
    CHECK(mantissa);
  }
  return checkResult();
}
