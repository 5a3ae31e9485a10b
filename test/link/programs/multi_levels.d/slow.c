// level: O0
#include <math.h>

double dotSquare(const double *x, const double *y, int n); // fast.c

double objective(const double *x, int n) {
  double y[16];
  for (int i = 0; i < n; ++i)
    y[i] = exp(-x[i]) + (i ? y[i - 1] * 0.5 : 0);
  return dotSquare(x, y, n) * y[n - 1];
}
