// No markers at all: integers are constant, floating point is active, pointers are duplicated.
#include "check.h"

struct gradient {
  double dx, dy;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double mixed(double x, int n, const double *v, long k, double y) {
  double s = 0;
  for (int i = 0; i < n; ++i)
    s += v[i] * pow(x, i) + k * y;
  return s * y + x;
}

int main(void) {
  double x = 1.2, y = 0.7, v[3] = {0.5, -1.5, 2.5}, dv[3] = {0, 0, 0}, want[3];
  double wantX = DIFFERENCE(mixed(x, 3, v, 2L, y), x), wantY = DIFFERENCE(mixed(x, 3, v, 2L, y), y);
  for (int i = 0; i < 3; ++i)
    want[i] = DIFFERENCE(mixed(x, 3, v, 2L, y), v[i]);

  struct gradient g = __enzyme_autodiff((void *)mixed, x, 3, v, dv, 2L, y);
  checkDifference("reverse x", g.dx, wantX);
  checkDifference("reverse y", g.dy, wantY);
  checkArrayDifference("reverse v", dv, want, 3);
  double tv[3] = {1, 10, 100};
  double forward = __enzyme_fwddiff((void *)mixed, x, 2.0, 3, v, tv, 2L, y, -1.0);
  checkDifference("forward", forward, 2 * wantX - wantY + want[0] + 10 * want[1] + 100 * want[2]);
  return checkResult();
}
