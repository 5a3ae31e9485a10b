// A rational function of three variables: negation, division, and a value used many times.
#include "check.h"

extern int enzyme_out, enzyme_dup;
struct gradient {
  double dx, dy, dz;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double rational(double x, double y, double z) {
  double s = x * y - z / x;
  double t = -s / (1 + s * s);
  return t * t * t + s / y - (x - y) / (t + 3 * z);
}

int main(void) {
  double x = 1.3, y = 0.8, z = 2.1;
  double wantX = DIFFERENCE(rational(x, y, z), x);
  double wantY = DIFFERENCE(rational(x, y, z), y);
  double wantZ = DIFFERENCE(rational(x, y, z), z);

  struct gradient g = __enzyme_autodiff((void *)rational, enzyme_out, x, enzyme_out, y, enzyme_out, z);
  checkDifference("reverse x", g.dx, wantX);
  checkDifference("reverse y", g.dy, wantY);
  checkDifference("reverse z", g.dz, wantZ);
  double forward = __enzyme_fwddiff((void *)rational, enzyme_dup, x, 1.0, enzyme_dup, y, -1.0, enzyme_dup, z, 0.5);
  checkDifference("forward", forward, wantX - wantY + 0.5 * wantZ);
  return checkResult();
}
