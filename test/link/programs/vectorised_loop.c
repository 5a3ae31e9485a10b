// Loops that clang vectorises before the link when it compiles at -O2 or -O3.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static void blend(const double *restrict x, const float *restrict w, double *restrict y, int n) {
#pragma clang loop vectorize(enable) interleave(enable)
  for (int i = 0; i < n; ++i)
    y[i] = x[i] > 0 ? x[i] * x[i] * w[i] : 1 / (2 - x[i]) + y[i] * w[i];
}

int main(void) {
  enum { N = 37 };
  double x[N], y[N], dx[N] = {0}, dy[N], wantX[N], wantY[N], dot = 0, expected = 0, tx[N], ty[N];
  float w[N];
  for (int i = 0; i < N; ++i) {
    x[i] = sin(1.7 * i), w[i] = 0.25f * (float)(i % 7), y[i] = cos(i), dy[i] = 1.0 / (i + 1);
    wantX[i] = dy[i] * (x[i] > 0 ? 2 * x[i] * w[i] : 1 / ((2 - x[i]) * (2 - x[i])));
    wantY[i] = dy[i] * (x[i] > 0 ? 0 : w[i]);
    expected += (tx[i] = i % 5) * wantX[i] + (ty[i] = i % 3) * wantY[i];
  }
  __enzyme_autodiff((void *)blend, enzyme_dup, x, dx, enzyme_const, w, enzyme_dup, y, dy, enzyme_const, N);
  checkArrayExact("reverse x", dx, wantX, N);
  checkArrayExact("reverse y", dy, wantY, N);
  __enzyme_fwddiff((void *)blend, enzyme_dup, x, tx, enzyme_const, w, enzyme_dup, y, ty, enzyme_const, N);
  for (int i = 0; i < N; ++i)
    dot += ty[i] / (i + 1);
  checkExact("forward", dot, expected);
  return checkResult();
}
