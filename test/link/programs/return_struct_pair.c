// f returns two doubles in registers: reverse mode seeds both with one, forward mode returns both tangents.
#include "check.h"

struct polar {
  double radius, angle;
};
extern double __enzyme_autodiff(void *, ...);
extern struct polar __enzyme_fwddiff(void *, ...);

static struct polar toPolar(double x) {
  struct polar p = {sqrt(x * x + 4), atan2(2, x)};
  return p;
}

int main(void) {
  double x = 1.5, radius = x / sqrt(x * x + 4), angle = -2 / (x * x + 4);
  checkExact("reverse", __enzyme_autodiff((void *)toPolar, x), radius + angle);
  struct polar t = __enzyme_fwddiff((void *)toPolar, x, 1.0);
  checkExact("forward radius", t.radius, radius);
  checkExact("forward angle", t.angle, angle);
  return checkResult();
}
