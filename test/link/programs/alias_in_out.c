// Input and output are the same array: the primal pointers are equal and so are the shadows.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static void shift(const double *in, double *out, int n) {
  for (int i = 0; i + 1 < n; ++i)
    out[i] = in[i] * in[i + 1] + (i ? in[i - 1] : 1); // reads what an earlier trip wrote
}

static double weighted(const double *x, const double *w) {
  double y[4] = {x[0], x[1], x[2], x[3]};
  shift(y, y, 4);
  return w[0] * y[0] + w[1] * y[1] + w[2] * y[2] + w[3] * y[3];
}

int main(void) {
  double start[4] = {1.2, 0.3, -0.9, 2}, w[4] = {1, 2, 3, 4}, want[4], forward[4];
  double x[4] = {1.2, 0.3, -0.9, 2}, dx[4] = {1, 2, 3, 4};
  __enzyme_autodiff((void *)shift, enzyme_dup, x, dx, enzyme_dup, x, dx, enzyme_const, 4);
  for (int i = 0; i < 4; ++i) {
    double y[4] = {start[0], start[1], start[2], start[3]}, t[4] = {i == 0, i == 1, i == 2, i == 3};
    __enzyme_fwddiff((void *)shift, enzyme_dup, y, t, enzyme_dup, y, t, enzyme_const, 4);
    forward[i] = w[0] * t[0] + w[1] * t[1] + w[2] * t[2] + w[3] * t[3];
    want[i] = DIFFERENCE(weighted(start, w), start[i]);
  }
  checkArrayDifference("reverse", dx, want, 4);
  checkArrayDifference("forward", forward, want, 4);
  return checkResult();
}
