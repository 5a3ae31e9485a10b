// Extended precision: scalars, arrays and libm calls with the l suffix.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern long double __enzyme_autodiff_curve(long double (*)(long double), long double);
extern long double __enzyme_fwddiff_curve(long double (*)(long double), long double, long double);
extern void __enzyme_autodiff_sum(void *, ...);
extern long double __enzyme_fwddiff_sum(void *, ...);

long double curve(long double x) { return sinl(x) * expl(x) - logl(x) / x + sqrtl(x) * powl(x, 1.5L) + fabsl(-x); }

long double sum(const long double *x, int n) {
  long double s = 1;
  for (int i = 0; i < n; ++i)
    s = s * x[i] + coshl(x[i]);
  return s;
}

int main(void) {
  long double x = 1.1L, want = DIFFERENCE_STEP(curve(x), x, 1e-3);
  checkDifference("reverse", __enzyme_autodiff_curve(curve, x), want);
  checkDifference("forward", __enzyme_fwddiff_curve(curve, x, 1.0L), want);

  long double v[4] = {0.3L, 1.2L, -0.7L, 2.0L}, dv[4] = {0};
  __enzyme_autodiff_sum((void *)sum, enzyme_dup, v, dv, enzyme_const, 4);
  for (int i = 0; i < 4; ++i) {
    long double e[4] = {0};
    e[i] = 1;
    double slope = DIFFERENCE_STEP(sum(v, 4), v[i], 1e-3);
    checkDifference("reverse array", dv[i], slope);
    checkDifference("forward array", __enzyme_fwddiff_sum((void *)sum, enzyme_dup, v, e, enzyme_const, 4), slope);
  }
  return checkResult();
}
