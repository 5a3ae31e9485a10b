// Six active scalars: the gradient comes back as a struct too large for registers.
#include "check.h"

struct gradient {
  double d[6];
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double det(double a, double b, double c, double d, double e, double f) {
  return a * (d * f - e * e) - b * (b * f - e * c) + c * (b * e - d * c);
}

static double at(const double *m) { return det(m[0], m[1], m[2], m[3], m[4], m[5]); }

int main(void) {
  double m[6] = {2, 0.5, -0.3, 3, 0.7, 1.5}, want[6], forward[6];
  for (int i = 0; i < 6; ++i) {
    double t[6] = {0};
    t[i] = 1;
    want[i] = DIFFERENCE(at(m), m[i]);
    forward[i] = __enzyme_fwddiff((void *)det, m[0], t[0], m[1], t[1], m[2], t[2], m[3], t[3], m[4], t[4], m[5], t[5]);
  }
  struct gradient g = __enzyme_autodiff((void *)det, m[0], m[1], m[2], m[3], m[4], m[5]);
  checkArrayDifference("reverse", g.d, want, 6);
  checkArrayDifference("forward", forward, want, 6);
  return checkResult();
}
