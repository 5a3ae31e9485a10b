// Recursion: exponentiation by squaring, and a descent whose depth depends on the value.
#include "check.h"

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double power(double x, int n) {
  if (n == 0)
    return 1;
  double half = power(x, n / 2);
  return n % 2 ? half * half * x : half * half;
}

double halve(double x, double y) {
  if (x < 0.1)
    return x * y;
  double r = halve(x * 0.6, y + x);
  return r + sin(r * x) + halve(x * 0.3, y * x);
}

int main(void) {
  double x = 1.1, y = 0.4;
  for (int n = 0; n < 14; n += 3) {
    checkExact("power reverse", __enzyme_autodiff((void *)power, enzyme_out, x, enzyme_const, n), n * pow(x, n - 1));
    checkExact("power forward", __enzyme_fwddiff((void *)power, x, 1.0, enzyme_const, n), n * pow(x, n - 1));
  }
  double wantX = DIFFERENCE_STEP(halve(x, y), x, 1e-5), wantY = DIFFERENCE(halve(x, y), y);
  checkDifference("halve x reverse", __enzyme_autodiff((void *)halve, enzyme_out, x, enzyme_const, y), wantX);
  checkDifference("halve y reverse", __enzyme_autodiff((void *)halve, enzyme_const, x, enzyme_out, y), wantY);
  checkDifference("halve forward", __enzyme_fwddiff((void *)halve, x, 2.0, y, 1.0), 2 * wantX + wantY);
  return checkResult();
}
