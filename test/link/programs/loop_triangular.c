// Loop nests whose inner bounds depend on the outer indices, three deep.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double nest(const double *x, int n) {
  double s = 0;
  for (int i = 0; i < n; ++i) {
    double row = x[i];
    for (int j = 0; j <= i; ++j) {
      for (int k = j; k < i; ++k)
        row = row * 0.9 + x[k] * x[j];
      s += row * x[j];
    }
    s = s / (1 + row * row);
  }
  return s;
}

int main(void) {
  double x[6] = {0.5, -0.2, 0.9, 1.1, -0.7, 0.3}, dx[6] = {0}, want[6], forward[6];
  __enzyme_autodiff((void *)nest, enzyme_dup, x, dx, enzyme_const, 6);
  for (int i = 0; i < 6; ++i) {
    double e[6] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(nest(x, 6), x[i]);
    forward[i] = __enzyme_fwddiff((void *)nest, enzyme_dup, x, e, enzyme_const, 6);
  }
  checkArrayDifference("reverse", dx, want, 6);
  checkArrayDifference("forward", forward, want, 6);
  return checkResult();
}
