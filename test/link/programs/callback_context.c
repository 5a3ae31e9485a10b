// The classic C callback: a function pointer and a void pointer to its context, which holds active data.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

struct spring {
  double stiffness, rest;
  int calls;
};
struct gas {
  double coefficients[3];
};

static double springForce(double x, void *context) {
  struct spring *s = (struct spring *)context;
  s->calls++;
  return s->stiffness * (s->rest - x);
}

static double gasForce(double x, void *context) {
  const double *c = ((struct gas *)context)->coefficients;
  return c[0] + x * (c[1] + x * c[2]);
}

__attribute__((noinline)) static double integrate(double (*force)(double, void *), void *context, double x, int steps) {
  for (int i = 0; i < steps; ++i)
    x += 0.1 * force(x, context);
  return x;
}

static double model(const double *p, int n) {
  struct spring spring = {p[0], p[1], 0};
  struct gas gas = {{p[2], p[0], -p[1]}};
  double x = integrate(springForce, &spring, 0.5, n);
  x = integrate(gasForce, &gas, x, spring.calls / 2);
  return integrate(springForce, &spring, x * x, 3);
}

int main(void) {
  double p[3] = {1.3, 0.8, 0.4}, dp[3] = {0}, want[3], forward[3];
  __enzyme_autodiff((void *)model, enzyme_dup, p, dp, enzyme_const, 10);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {i == 0, i == 1, i == 2};
    want[i] = DIFFERENCE(model(p, 10), p[i]);
    forward[i] = __enzyme_fwddiff((void *)model, enzyme_dup, p, e, enzyme_const, 10);
  }
  checkArrayDifference("reverse", dp, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
