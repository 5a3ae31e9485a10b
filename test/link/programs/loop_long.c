// A million steps of a contraction: the tape is large, the derivative is a geometric series.
#include "check.h"

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double contract(double x, int steps) {
  double s = 0;
  for (int i = 0; i < steps; ++i)
    s = sin(0.5 * s + x);
  return s;
}

int main(void) {
  double x = 0.4, s = contract(x, 1000000), c = cos(0.5 * s + x), want = c / (1 - 0.5 * c);
  checkNear("reverse", __enzyme_autodiff((void *)contract, enzyme_out, x, enzyme_const, 1000000), want, 1e-9);
  checkNear("forward", __enzyme_fwddiff((void *)contract, x, 1.0, enzyme_const, 1000000), want, 1e-9);
  return checkResult();
}
