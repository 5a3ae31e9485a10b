// C99 complex numbers: sums, products, quotients, powers by repetition, conjugates.
#include "check.h"
#include <complex.h>

extern int enzyme_out;
struct gradient {
  double dx, dy;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double rational(double x, double y) {
  double complex z = x + y * I, w = 2 - 0.5 * I;
  double complex r = (z * z - w) / (z + w * conj(z));
  for (int i = 0; i < 3; ++i)
    r = r * r / 2 + z;
  return creal(r) * 2 - cimag(r) * creal(z / (r + w)) + creal(-r * z);
}

static double mandelbrot(double x, double y) {
  double complex z = 0, c = x + I * y;
  int n = 0;
  while (creal(z) * creal(z) + cimag(z) * cimag(z) < 4 && n++ < 8)
    z = z * z + c;
  return creal(z) + cimag(z) * n;
}

#define CHECK(f)                                                                                                       \
  {                                                                                                                    \
    double wantX = DIFFERENCE(f(x, y), x), wantY = DIFFERENCE(f(x, y), y);                                             \
    struct gradient g = __enzyme_autodiff((void *)f, enzyme_out, x, enzyme_out, y);                                    \
    checkDifference(#f " reverse x", g.dx, wantX);                                                                     \
    checkDifference(#f " reverse y", g.dy, wantY);                                                                     \
    checkDifference(#f " forward", __enzyme_fwddiff((void *)f, x, 1.0, y, 2.0), wantX + 2 * wantY);                    \
  }

int main(void) {
  double x = 0.35, y = -0.55;
  CHECK(rational);
  CHECK(mandelbrot);
  return checkResult();
}
