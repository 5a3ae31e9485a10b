// The markers are ordinary globals that the program defines itself; the linker must not fold them away.
#include "check.h"

int enzyme_const;
int enzyme_dup;
int enzyme_out;
int enzyme_dupnoneed;
double __enzyme_autodiff(void *, ...);
double __enzyme_fwddiff(void *, ...);

static double model(double a, double *x, double b, int n) {
  double s = a;
  for (int i = 0; i < n; ++i)
    s = s * b + sin(a * x[i]);
  return s;
}

int main(void) {
  double a = 0.6, b = 0.9, x[4] = {1, 2, 3, 4}, dx[4] = {0}, want[4];
  for (int i = 0; i < 4; ++i)
    want[i] = DIFFERENCE(model(a, x, b, 4), x[i]);
  double wantA = DIFFERENCE(model(a, x, b, 4), a), wantB = DIFFERENCE(model(a, x, b, 4), b);

  double da = __enzyme_autodiff((void *)model, enzyme_out, a, enzyme_dup, x, dx, enzyme_const, b, enzyme_const, 4);
  checkDifference("reverse a", da, wantA);
  checkArrayDifference("reverse x", dx, want, 4);
  double db = __enzyme_autodiff((void *)model, enzyme_const, a, enzyme_const, x, enzyme_out, b, enzyme_const, 4);
  checkDifference("reverse b", db, wantB);
  double fb = __enzyme_fwddiff((void *)model, enzyme_const, a, enzyme_const, x, enzyme_dup, b, 1.0, enzyme_const, 4);
  checkDifference("forward b", fb, wantB);
  return checkResult();
}
