// Inside f two pointers may name the same cell, depending on an index: a store through one changes the other.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static void mix(double *a, double *b) {
  *a = *a * *b;
  *b = sin(*a) + *b;
  *a += *b * *b;
}

static double tangle(const double *x, int i, int j) {
  double v[3] = {x[0], x[1], x[2]};
  double *p = &v[i], *q = &v[j];
  mix(p, q);
  mix(q, &v[1]);
  *p += v[0] * *q;
  return v[0] + 2 * v[1] * v[2];
}

int main(void) {
  double x[3] = {0.7, 1.1, -0.4};
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 3; ++j) {
      double dx[3] = {0}, want[3], forward[3];
      __enzyme_autodiff((void *)tangle, enzyme_dup, x, dx, enzyme_const, i, enzyme_const, j);
      for (int k = 0; k < 3; ++k) {
        double e[3] = {k == 0, k == 1, k == 2};
        want[k] = DIFFERENCE(tangle(x, i, j), x[k]);
        forward[k] = __enzyme_fwddiff((void *)tangle, enzyme_dup, x, e, enzyme_const, i, enzyme_const, j);
      }
      checkArrayDifference("reverse", dx, want, 3);
      checkArrayDifference("forward", forward, want, 3);
    }
  return checkResult();
}
