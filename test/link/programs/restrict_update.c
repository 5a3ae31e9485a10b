// restrict-qualified pointers: the compiler may reorder loads and stores before differentiation.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static void update(double *restrict y, const double *restrict x, const double *restrict alpha, int n) {
  for (int i = 0; i < n; ++i) {
    y[i] = y[i] * y[i] + *alpha * x[i];
    y[i] /= 1 + x[i] * x[i];
  }
}

int main(void) {
  double x[3] = {1, -2, 0.5}, y[3] = {0.5, 1.5, -1}, alpha = 2, dx[3] = {0}, dy[3] = {1, 1, 1}, dalpha = 0;
  double wantX[3], wantY[3], wantAlpha = 0;
  for (int i = 0; i < 3; ++i) {
    double d = 1 + x[i] * x[i];
    wantY[i] = 2 * y[i] / d;
    wantX[i] = alpha / d - (y[i] * y[i] + alpha * x[i]) * 2 * x[i] / (d * d);
    wantAlpha += x[i] / d;
  }
  double tx[3] = {1, 2, 3}, ty[3] = {-1, 0.5, 2}, talpha = 4, z[3] = {0.5, 1.5, -1}, expected = 4 * wantAlpha;
  for (int i = 0; i < 3; ++i)
    expected += tx[i] * wantX[i] + ty[i] * wantY[i];

  __enzyme_autodiff((void *)update, enzyme_dup, y, dy, enzyme_dup, x, dx, enzyme_dup, &alpha, &dalpha, enzyme_const, 3);
  checkArrayExact("reverse x", dx, wantX, 3);
  checkArrayExact("reverse y", dy, wantY, 3);
  checkExact("reverse alpha", dalpha, wantAlpha);
  __enzyme_fwddiff((void *)update, enzyme_dup, z, ty, enzyme_dup, x, tx, enzyme_dup, &alpha, &talpha, enzyme_const, 3);
  checkExact("forward", ty[0] + ty[1] + ty[2], expected);
  return checkResult();
}
