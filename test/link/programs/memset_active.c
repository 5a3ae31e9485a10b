// memset clears memory that held active values: what was there must not contribute any more.
#include "check.h"
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static void clearPart(double *x, double *y, int from, int count) {
  y[0] = x[0] * x[1];
  y[1] = x[2];
  memset(x + from, 0, (size_t)count * sizeof *x);
  for (int i = 0; i < 4; ++i)
    y[1] += x[i] * (i + 1) * y[0];
  memset(y + 1, 0, x[3] > 100 ? 8 : 0);
}

static double weighted(const double *x) {
  double v[4] = {x[0], x[1], x[2], x[3]}, y[2];
  clearPart(v, y, 1, 2);
  return 2 * y[0] + y[1] + 5 * v[0] + 6 * v[1] + 7 * v[2] + 8 * v[3];
}

int main(void) {
  double start[4] = {1.5, 2, -3, 0.5}, want[4], forward[4];
  double x[4] = {1.5, 2, -3, 0.5}, y[2], dx[4] = {5, 6, 7, 8}, dy[2] = {2, 1};
  __enzyme_autodiff((void *)clearPart, enzyme_dup, x, dx, enzyme_dup, y, dy, enzyme_const, 1, enzyme_const, 2);
  for (int i = 0; i < 4; ++i) {
    double v[4] = {start[0], start[1], start[2], start[3]}, t[4] = {i == 0, i == 1, i == 2, i == 3}, ty[2] = {9, 9};
    __enzyme_fwddiff((void *)clearPart, enzyme_dup, v, t, enzyme_dup, y, ty, enzyme_const, 1, enzyme_const, 2);
    forward[i] = 2 * ty[0] + ty[1] + 5 * t[0] + 6 * t[1] + 7 * t[2] + 8 * t[3];
    want[i] = DIFFERENCE(weighted(start), start[i]);
  }
  checkArrayDifference("reverse", dx, want, 4);
  checkArrayDifference("forward", forward, want, 4);
  return checkResult();
}
