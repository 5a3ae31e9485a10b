// An array is updated in place, several sweeps; the shadow goes in as the output's seed and comes out as the gradient.
#include "check.h"
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static void relax(double *x, int n, int sweeps) {
  for (int s = 0; s < sweeps; ++s)
    for (int i = 1; i < n; ++i)
      x[i] = x[i] * 0.5 + x[i - 1] * x[i - 1] * x[i];
}

static double weighted(const double *start, const double *w) {
  double x[5];
  memcpy(x, start, sizeof x);
  relax(x, 5, 3);
  return w[0] * x[0] + w[1] * x[1] + w[2] * x[2] + w[3] * x[3] + w[4] * x[4];
}

int main(void) {
  double start[5] = {0.9, 0.4, -0.8, 1.2, 0.6}, w[5] = {1, -2, 0.5, 3, 1}, want[5], forward[5];
  double x[5], dx[5];
  memcpy(x, start, sizeof x);
  memcpy(dx, w, sizeof dx);
  __enzyme_autodiff((void *)relax, enzyme_dup, x, dx, enzyme_const, 5, enzyme_const, 3);
  for (int i = 0; i < 5; ++i) {
    double y[5], t[5] = {0};
    memcpy(y, start, sizeof y);
    t[i] = 1;
    __enzyme_fwddiff((void *)relax, enzyme_dup, y, t, enzyme_const, 5, enzyme_const, 3);
    forward[i] = w[0] * t[0] + w[1] * t[1] + w[2] * t[2] + w[3] * t[3] + w[4] * t[4];
    want[i] = DIFFERENCE(weighted(start, w), start[i]);
  }
  checkArrayDifference("reverse", dx, want, 5);
  checkArrayDifference("forward", forward, want, 5);
  return checkResult();
}
