// Three requests deep, in every mode, on x^5 / 60 + e^x.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double f(double x) {
  double p = 1;
  for (int i = 0; i < 5; ++i)
    p *= x;
  return p / 60 + exp(x);
}

static double forward1(double x) { return __enzyme_fwddiff((void *)f, x, 1.0); }
static double forward2(double x) { return __enzyme_fwddiff((void *)forward1, x, 1.0); }
static double reverse1(double x) { return __enzyme_autodiff((void *)f, x); }
static double reverse2(double x) { return __enzyme_autodiff((void *)reverse1, x); }

int main(void) {
  double x = 1.3, want = x * x + exp(x);
  checkExact("forward forward forward", __enzyme_fwddiff((void *)forward2, x, 1.0), want);
  checkExact("reverse forward forward", __enzyme_autodiff((void *)forward2, x), want);
  checkExact("forward reverse reverse", __enzyme_fwddiff((void *)reverse2, x, 1.0), want);
  checkExact("reverse reverse reverse", __enzyme_autodiff((void *)reverse2, x), want);
  return checkResult();
}
