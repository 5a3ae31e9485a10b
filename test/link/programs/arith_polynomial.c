// A polynomial in one variable: the derivative is known in closed form.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double polynomial(double x) { return 3 * x * x * x - 2 * x * x + 5 * x - 7; }

static double slope(double x) { return 9 * x * x - 4 * x + 5; }

int main(void) {
  for (int i = -3; i <= 3; ++i) {
    double x = 0.7 * i;
    checkExact("reverse", __enzyme_autodiff((void *)polynomial, x), slope(x));
    checkExact("forward", __enzyme_fwddiff((void *)polynomial, x, 1.0), slope(x));
    checkExact("forward, scaled", __enzyme_fwddiff((void *)polynomial, x, -2.5), -2.5 * slope(x));
  }
  return checkResult();
}
