// Requests on library functions themselves, and calls of them through a table.
#include "check.h"
extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);
typedef double map(double);
static map *table[3] = {sin, exp, cbrt};
static double user(double x, int which) { return table[which](x) * 3; }
int main(int argc, char **argv) {
  if (argc > 7)
    table[0] = cos;
  double want[3] = {3 * cos(1.5), 3 * exp(1.5), 3 * cbrt(1.5) / 1.5 / 3};
  for (int i = 0; i < 3; ++i) {
    checkExact("reverse", __enzyme_autodiff((void *)user, enzyme_out, 1.5, enzyme_const, i), want[i]);
    checkExact("forward", __enzyme_fwddiff((void *)user, 1.5, 1.0, enzyme_const, i), want[i]);
  }
  checkExact("direct", __enzyme_autodiff((void *)sin, 1.5), cos(1.5));
  checkExact("direct", __enzyme_fwddiff((void *)sin, 1.5, 1.0), cos(1.5));
  checkExact("direct", __enzyme_fwddiff((void *)tgamma, 1.5, 1.0), 0.03233839744888501);
  return checkResult();
}
