// memmove with overlap in both directions, as in a history buffer and an insertion.
#include "check.h"
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double filter(const double *x, int n) {
  double history[5] = {1, 0.5, 0.25, 0, 0}, y = 0;
  for (int i = 0; i < n; ++i) {
    memmove(history + 1, history, 4 * sizeof(double));
    history[0] = x[i] + 0.3 * history[2] * history[4];
    y += history[0] * history[3];
    if (i % 3 == 2)
      memmove(history, history + 2, (size_t)(n > 4 ? 3 : 2) * sizeof(double));
  }
  return y + history[0] * history[4];
}

int main(void) {
  enum { N = 9 };
  double x[N], dx[N] = {0}, want[N], forward[N];
  for (int i = 0; i < N; ++i)
    x[i] = sin(1.0 + 2 * i);
  __enzyme_autodiff((void *)filter, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(filter(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)filter, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
