// The functions of complex.h: exponential, logarithm, root, power, trigonometric, modulus and argument.
#include "check.h"
#include <complex.h>

extern int enzyme_out;
struct gradient {
  double dx, dy;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double collapse(double complex z) { return creal(z) + 2 * cimag(z); }

static double exponential(double x, double y) { return collapse(cexp(x + I * y)); }
static double logarithm(double x, double y) { return collapse(clog(x + I * y)); }
static double root(double x, double y) { return collapse(csqrt(x + I * y)); }
static double power(double x, double y) { return collapse(cpow(x + I * y, 1.5 - 0.5 * I)); }
static double sine(double x, double y) { return collapse(csin(x + I * y)); }
static double cosine(double x, double y) { return collapse(ccos(x + I * y)); }
static double hyperbolic(double x, double y) { return collapse(csinh(x + I * y) * ccosh(y + I * x)); }
static double tangent(double x, double y) { return collapse(ctan(x + I * y) - ctanh(x - I * y)); }
static double modulus(double x, double y) { return cabs(x + I * y) * x; }
static double argument(double x, double y) { return carg(x + I * y); }

#define CHECK(f)                                                                                                       \
  {                                                                                                                    \
    double wantX = DIFFERENCE(f(x, y), x), wantY = DIFFERENCE(f(x, y), y);                                             \
    struct gradient g = __enzyme_autodiff((void *)f, enzyme_out, x, enzyme_out, y);                                    \
    checkDifference(#f " reverse x", g.dx, wantX);                                                                     \
    checkDifference(#f " reverse y", g.dy, wantY);                                                                     \
    checkDifference(#f " forward", __enzyme_fwddiff((void *)f, x, 1.0, y, -0.5), wantX - wantY / 2);                   \
  }

int main(void) {
  double x = 0.8, y = 1.3;
  CHECK(exponential);
  CHECK(logarithm);
  CHECK(root);
  CHECK(power);
  CHECK(sine);
  CHECK(cosine);
  CHECK(hyperbolic);
  CHECK(tangent);
  CHECK(modulus);
  CHECK(argument);
  return checkResult();
}
