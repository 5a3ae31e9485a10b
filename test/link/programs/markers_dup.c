// Shadows of read-only inputs accumulate; shadows of outputs are consumed; two requests in a row add up.
#include "check.h"

extern int enzyme_dup, enzyme_dupnoneed, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static void scale(const double *x, double *y, double factor, int n) {
  for (int i = 0; i < n; ++i)
    y[i] = factor * x[i] * x[i];
}

int main(void) {
  double x[3] = {1, -2, 3}, y[3] = {9, 9, 9};
  double dx[3] = {100, 200, 300}, dy[3] = {1, 2, 3}, zero[3] = {0, 0, 0};

  __enzyme_autodiff((void *)scale, enzyme_dup, x, dx, enzyme_dup, y, dy, enzyme_const, 0.5, enzyme_const, 3);
  double once[3] = {101, 196, 309}, primal[3] = {0.5, 2, 4.5};
  checkArrayExact("accumulated", dx, once, 3);
  checkArrayExact("output shadow is consumed", dy, zero, 3);
  checkArrayExact("primal result", y, primal, 3);

  dy[0] = dy[1] = dy[2] = 1;
  __enzyme_autodiff((void *)scale, enzyme_dup, x, dx, enzyme_dupnoneed, y, dy, enzyme_const, 0.5, enzyme_const, 3);
  double twice[3] = {102, 194, 312};
  checkArrayExact("accumulated again, dupnoneed", dx, twice, 3);

  double tx[3] = {1, 1, -1}, ty[3] = {7, 7, 7}, tangent[3] = {1, -2, -3};
  __enzyme_fwddiff((void *)scale, enzyme_dup, x, tx, enzyme_dup, y, ty, enzyme_const, 0.5, enzyme_const, 3);
  checkArrayExact("forward overwrites", ty, tangent, 3);
  ty[0] = ty[1] = ty[2] = 7;
  __enzyme_fwddiff((void *)scale, enzyme_dup, x, tx, enzyme_dupnoneed, y, ty, enzyme_const, 0.5, enzyme_const, 3);
  checkArrayExact("forward, dupnoneed", ty, tangent, 3);
  return checkResult();
}
