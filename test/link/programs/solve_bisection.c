// Bisection finds the root, one Newton step at the end carries the derivative.
#include "check.h"

extern int enzyme_out, enzyme_dup;
struct gradient {
  double da, db;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double residual(double x, double a, double b) { return x * x * x + a * x - b; }

static double root(double a, double b) {
  double low = 0, high = 10;
  while (high - low > 1e-12) {
    double middle = (low + high) / 2;
    if (residual(middle, a, b) > 0)
      high = middle;
    else
      low = middle;
  }
  double x = (low + high) / 2;
  return x - residual(x, a, b) / (3 * x * x + a);
}

int main(void) {
  double a = 1.5, b = 7, x = root(a, b), slope = 3 * x * x + a;
  struct gradient g = __enzyme_autodiff((void *)root, enzyme_out, a, enzyme_out, b);
  checkNear("reverse a", g.da, -x / slope, 1e-9);
  checkNear("reverse b", g.db, 1 / slope, 1e-9);
  checkNear("forward", __enzyme_fwddiff((void *)root, enzyme_dup, a, 2.0, enzyme_dup, b, 1.0), (1 - 2 * x) / slope,
            1e-9);
  return checkResult();
}
