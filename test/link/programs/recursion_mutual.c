// Three functions that call each other, with results returned and written through pointers.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double even(const double *x, int n, double *trace);
static void third(const double *x, int n, double *trace);

static double odd(const double *x, int n, double *trace) {
  if (n == 0)
    return x[1];
  *trace += x[0] * n;
  return sin(x[0] * even(x, n - 1, trace)) + x[2];
}

static double even(const double *x, int n, double *trace) {
  if (n == 0)
    return x[0];
  double r = odd(x, n - 1, trace);
  if (n % 3 == 0)
    third(x, n - 1, trace);
  return r * x[1] + *trace * 0.1;
}

static void third(const double *x, int n, double *trace) { *trace = *trace * x[2] + even(x, n / 2, trace); }

static double start(const double *x, int n) {
  double trace = x[2];
  double r = even(x, n, &trace);
  return r + trace * trace;
}

int main(void) {
  double x[3] = {0.7, -0.4, 0.55}, dx[3] = {0}, want[3], forward[3];
  __enzyme_autodiff((void *)start, enzyme_dup, x, dx, enzyme_const, 12);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {i == 0, i == 1, i == 2};
    want[i] = DIFFERENCE(start(x, 12), x[i]);
    forward[i] = __enzyme_fwddiff((void *)start, enzyme_dup, x, e, enzyme_const, 12);
  }
  checkArrayDifference("reverse", dx, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
