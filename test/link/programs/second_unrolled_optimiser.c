// Learning a learning rate: the loss after ten steps of gradient descent, differentiated with respect to the rate
// and the start, in both modes. Each step asks for a gradient.
#include "check.h"

enum { N = 3 };
extern int enzyme_dup, enzyme_const, enzyme_out;
extern double __enzyme_autodiff_rate(void *, ...);
extern void __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double rosenbrock(const double *x) {
  double s = 0;
  for (int i = 0; i + 1 < N; ++i) {
    double a = x[i + 1] - x[i] * x[i], b = 1 - x[i];
    s += 2 * a * a + b * b;
  }
  return s;
}

static double train(const double *start, double rate, int steps) {
  double x[N], g[N], velocity[N] = {0};
  for (int i = 0; i < N; ++i)
    x[i] = start[i];
  for (int step = 0; step < steps; ++step) {
    for (int i = 0; i < N; ++i)
      g[i] = 0;
    __enzyme_autodiff((void *)rosenbrock, enzyme_dup, x, g);
    for (int i = 0; i < N; ++i) {
      velocity[i] = 0.5 * velocity[i] - rate * g[i];
      x[i] += velocity[i];
    }
  }
  return rosenbrock(x);
}

int main(void) {
  double x[N] = {0.4, -0.3, 0.6}, dx[N] = {0}, dir[N] = {1, -2, 0.5}, want[N], rate = 0.03;
  double dRate = __enzyme_autodiff_rate((void *)train, enzyme_dup, x, dx, enzyme_out, rate, enzyme_const, 10);
  double wantRate = DIFFERENCE_STEP(train(x, rate, 10), rate, 1e-5);
  checkDifference("rate", dRate, wantRate);
  double along = 0.7 * wantRate;
  for (int i = 0; i < N; ++i) {
    want[i] = DIFFERENCE(train(x, rate, 10), x[i]);
    along += dir[i] * want[i];
  }
  checkArrayDifference("start", dx, want, N);
  checkDifference("forward",
                  __enzyme_fwddiff((void *)train, enzyme_dup, x, dir, enzyme_dup, rate, 0.7, enzyme_const, 10), along);
  return checkResult();
}
