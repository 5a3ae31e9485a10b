// __enzyme_call_inactive calls a function and cuts its derivative at this call only.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);
extern double __enzyme_call_inactive(void *, ...);

static double cube(double x) { return x * x * x; }

static double f(double x) { return cube(x) + __enzyme_call_inactive((void *)cube, x) * x; }

int main(void) {
  double x = 1.5;
  checkExact("primal", f(x), x * x * x * (1 + x));
  checkExact("reverse", __enzyme_autodiff((void *)f, x), 3 * x * x + x * x * x);
  checkExact("forward", __enzyme_fwddiff((void *)f, x, 1.0), 3 * x * x + x * x * x);
  return checkResult();
}
