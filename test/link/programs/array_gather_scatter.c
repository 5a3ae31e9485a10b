// Indirect addressing: gather through one index table, scatter-add through another with repeated targets.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static void assemble(const double *x, double *y, const int *from, const long *to, int n) {
  for (int i = 0; i < n; ++i)
    y[to[i]] += x[from[i]] * x[from[i]] * (i + 1) + y[to[i]] * 0.5;
}

int main(void) {
  int from[6] = {2, 0, 1, 2, 2, 0};
  long to[6] = {0, 3, 0, 0, 1, 3};
  double x[3] = {1.5, -2, 0.5}, y[4] = {1, 2, 3, 4}, base[4] = {1, 2, 3, 4};
  double dx[3] = {0}, dy[4] = {1, 10, 100, 1000}, w[4] = {1, 10, 100, 1000}, want[3], wantY[4];
  // y <- 1.5 y + c: the coefficient of entry i is 1.5^(later writes to the same target).
  double power[6] = {2.25, 1.5, 1.5, 1, 1, 1};
  for (int k = 0; k < 3; ++k) {
    want[k] = 0;
    for (int i = 0; i < 6; ++i)
      if (from[i] == k)
        want[k] += w[to[i]] * 2 * x[k] * (i + 1) * power[i];
  }
  wantY[0] = 1 * 3.375, wantY[1] = 10 * 1.5, wantY[2] = 100, wantY[3] = 1000 * 2.25;

  __enzyme_autodiff((void *)assemble, enzyme_dup, x, dx, enzyme_dup, y, dy, enzyme_const, from, enzyme_const, to,
                    enzyme_const, 6);
  checkArrayExact("reverse x", dx, want, 3);
  checkArrayExact("reverse y", dy, wantY, 4);
  for (int k = 0; k < 3; ++k) {
    double tx[3] = {k == 0, k == 1, k == 2}, ty[4] = {0};
    for (int i = 0; i < 4; ++i)
      y[i] = base[i];
    __enzyme_fwddiff((void *)assemble, enzyme_dup, x, tx, enzyme_dup, y, ty, enzyme_const, from, enzyme_const, to,
                     enzyme_const, 6);
    checkExact("forward", w[0] * ty[0] + w[1] * ty[1] + w[2] * ty[2] + w[3] * ty[3], want[k]);
  }
  return checkResult();
}
