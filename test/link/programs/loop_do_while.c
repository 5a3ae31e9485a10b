// do-while loops, one inside the other, both ending on the data.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double spiral(double x) {
  double s = x;
  do {
    double t = s;
    do
      t = t * 0.6 + 0.1 * x * x;
    while (t > 0.9 * x);
    s = s + t * x;
  } while (s < 5);
  return s;
}

int main(void) {
  double points[] = {0.55, 1.1, 1.7, 2.7};
  for (int i = 0; i < 4; ++i) {
    double x = points[i], want = DIFFERENCE_STEP(spiral(x), x, 1e-5);
    checkDifference("reverse", __enzyme_autodiff((void *)spiral, x), want);
    checkDifference("forward", __enzyme_fwddiff((void *)spiral, x, 1.0), want);
  }
  return checkResult();
}
