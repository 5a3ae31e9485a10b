// break, continue and return from inside nested loops, decided by the data.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double search(const double *x, int n, double limit) {
  double s = 0;
  for (int i = 0; i < n; ++i) {
    if (x[i] < 0)
      continue;
    for (int j = i; j < n; ++j) {
      if (x[j] > 2.5)
        break;
      s += x[i] * x[j] * x[j];
      if (s > limit)
        return s * s - x[j];
    }
    s *= 1.1;
  }
  return sqrt(s + 1);
}

int main(void) {
  double x[7] = {0.4, -1.0, 1.2, 3.0, 0.6, 0.8, 0.2}, limits[3] = {1.5, 4, 1e9};
  for (int k = 0; k < 3; ++k) {
    double limit = limits[k], dx[7] = {0}, want[7], forward[7];
    __enzyme_autodiff((void *)search, enzyme_dup, x, dx, enzyme_const, 7, enzyme_const, limit);
    for (int i = 0; i < 7; ++i) {
      double e[7] = {0};
      e[i] = 1;
      want[i] = DIFFERENCE(search(x, 7, limit), x[i]);
      forward[i] = __enzyme_fwddiff((void *)search, enzyme_dup, x, e, enzyme_const, 7, enzyme_const, limit);
    }
    checkArrayDifference("reverse", dx, want, 7);
    checkArrayDifference("forward", forward, want, 7);
  }
  return checkResult();
}
