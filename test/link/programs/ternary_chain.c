// Conditional expressions: selects of values, of pointers and of results, nested and with side effects.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double chain(double x) {
  double a = x > 0 ? x * x : -x, b = x < -1 ? a : x < 1 ? sin(a) : log(a);
  double *larger = a > b ? &a : &b;
  *larger *= 3;
  double clamped = b < -0.5 ? -0.5 : b > 0.5 ? 0.5 : b;
  int calls = 0;
  double c = x > 0.3 && ++calls && a > 1 ? a * b : a - b;
  return (calls ? c : -c) + clamped * x;
}

int main(void) {
  for (double x = -2.1; x < 3; x += 0.37) {
    double want = DIFFERENCE(chain(x), x);
    checkDifference("reverse", __enzyme_autodiff((void *)chain, x), want);
    checkDifference("forward", __enzyme_fwddiff((void *)chain, x, 1.0), want);
  }
  return checkResult();
}
