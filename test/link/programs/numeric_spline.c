// A natural cubic spline: tridiagonal set-up, binary search for the interval, evaluation at several points.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { N = 7, POINTS = 4 };

static double spline(const double *x, const double *y, const double *at) {
  double second[N] = {0}, work[N] = {0}, s = 0;
  for (int i = 1; i + 1 < N; ++i) {
    double sigma = (x[i] - x[i - 1]) / (x[i + 1] - x[i - 1]), p = sigma * second[i - 1] + 2;
    second[i] = (sigma - 1) / p;
    work[i] = (y[i + 1] - y[i]) / (x[i + 1] - x[i]) - (y[i] - y[i - 1]) / (x[i] - x[i - 1]);
    work[i] = (6 * work[i] / (x[i + 1] - x[i - 1]) - sigma * work[i - 1]) / p;
  }
  for (int i = N - 2; i >= 0; --i)
    second[i] = second[i] * second[i + 1] + work[i];
  for (int k = 0; k < POINTS; ++k) {
    int low = 0, high = N - 1;
    while (high - low > 1) {
      int middle = (low + high) / 2;
      if (x[middle] > at[k])
        high = middle;
      else
        low = middle;
    }
    double h = x[high] - x[low], a = (x[high] - at[k]) / h, b = (at[k] - x[low]) / h;
    double v = a * y[low] + b * y[high];
    v += ((a * a * a - a) * second[low] + (b * b * b - b) * second[high]) * h * h / 6;
    s += v * v * (k + 1);
  }
  return s;
}

int main(void) {
  double x[N] = {0, 0.7, 1.5, 2.1, 3.2, 4, 5}, y[N] = {1, 2, 0.5, -1, 0.3, 2.2, 1.1}, at[POINTS] = {0.3, 1.9, 3.6, 4.8};
  double dx[N] = {0}, dy[N] = {0}, dat[POINTS] = {0}, wantX[N], wantY[N], wantAt[POINTS], forwardX[N];
  __enzyme_autodiff((void *)spline, enzyme_dup, x, dx, enzyme_dup, y, dy, enzyme_dup, at, dat);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    wantX[i] = DIFFERENCE(spline(x, y, at), x[i]);
    wantY[i] = DIFFERENCE(spline(x, y, at), y[i]);
    forwardX[i] = __enzyme_fwddiff((void *)spline, enzyme_dup, x, e, enzyme_const, y, enzyme_const, at);
  }
  for (int i = 0; i < POINTS; ++i)
    wantAt[i] = DIFFERENCE(spline(x, y, at), at[i]);
  checkArrayDifference("reverse knots", dx, wantX, N);
  checkArrayDifference("reverse values", dy, wantY, N);
  checkArrayDifference("reverse points", dat, wantAt, POINTS);
  checkArrayDifference("forward knots", forwardX, wantX, N);
  return checkResult();
}
