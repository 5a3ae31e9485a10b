// Hyperbolic functions and their inverses.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double sineH(double x) { return sinh(x); }
static double cosineH(double x) { return cosh(x); }
static double tangentH(double x) { return tanh(x); }
static double areaSine(double x) { return asinh(x); }
static double areaCosine(double x) { return acosh(1 + x); }
static double areaTangent(double x) { return atanh(x); }

#define CHECK(f, want)                                                                                                 \
  checkExact(#f " reverse", __enzyme_autodiff((void *)f, x), want);                                                    \
  checkExact(#f " forward", __enzyme_fwddiff((void *)f, x, 1.0), want)

int main(void) {
  double x = 0.61;
  CHECK(sineH, cosh(x));
  CHECK(cosineH, sinh(x));
  CHECK(tangentH, 1 - tanh(x) * tanh(x));
  CHECK(areaSine, 1 / sqrt(x * x + 1));
  CHECK(areaCosine, 1 / sqrt((1 + x) * (1 + x) - 1));
  CHECK(areaTangent, 1 / (1 - x * x));
  return checkResult();
}
