// sin, cos, tan and their inverses, each against its textbook derivative.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double sine(double x) { return sin(x); }
static double cosine(double x) { return cos(x); }
static double tangent(double x) { return tan(x); }
static double arcSine(double x) { return asin(x); }
static double arcCosine(double x) { return acos(x); }
static double arcTangent(double x) { return atan(x); }
static double angle(double x) { return atan2(1 - x, 2 + x); }

#define CHECK(f, want)                                                                                                 \
  checkExact(#f " reverse", __enzyme_autodiff((void *)f, x), want);                                                    \
  checkExact(#f " forward", __enzyme_fwddiff((void *)f, x, 1.0), want)

int main(void) {
  double x = 0.37;
  CHECK(sine, cos(x));
  CHECK(cosine, -sin(x));
  CHECK(tangent, 1 / (cos(x) * cos(x)));
  CHECK(arcSine, 1 / sqrt(1 - x * x));
  CHECK(arcCosine, -1 / sqrt(1 - x * x));
  CHECK(arcTangent, 1 / (1 + x * x));
  CHECK(angle, (-(2 + x) - (1 - x)) / ((2 + x) * (2 + x) + (1 - x) * (1 - x)));
  return checkResult();
}
