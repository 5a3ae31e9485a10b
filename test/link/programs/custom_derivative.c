// Registered forward derivatives: one that returns the tangent alone, one {primal, tangent}, one void with pointers.
#include "check.h"

extern int enzyme_const;
extern double __enzyme_fwddiff(void *, ...);

struct dual {
  double primal, tangent;
};

__attribute__((noinline)) static double square(double x) { return x * x; }
static double tangentSquare(double x, double dx) { return 20 * x * dx; }
void *__enzyme_register_derivative_square[] = {(void *)square, (void *)tangentSquare};

__attribute__((noinline)) static double power(double x, int n) { return pow(x, n); }
static struct dual tangentPower(double x, double dx, int n) {
  return (struct dual){pow(x, n), 100 * n * pow(x, n - 1) * dx};
}
void *__enzyme_register_derivative_power[] = {(void *)power, (void *)tangentPower};

__attribute__((noinline)) static void scale(double *v, double factor) {
  v[0] *= factor;
  v[1] *= factor;
}
static void tangentScale(double *v, double *dv, double factor, double dfactor) {
  for (int i = 0; i < 2; ++i) {
    dv[i] = 1000 * (dv[i] * factor + v[i] * dfactor);
    v[i] *= factor;
  }
}
void *__enzyme_register_derivative_scale[] = {(void *)scale, (void *)tangentScale};

static double user(double x, int which) {
  double v[2] = {x, 2};
  switch (which) {
  case 0:
    return square(x) + square(2 * x) * square(3.0);
  case 1:
    return power(x, 3) * x;
  default:
    scale(v, x);
    return v[0] + v[1];
  }
}

int main(void) {
  double x = 1.5;
  checkExact("tangent alone", __enzyme_fwddiff((void *)user, x, 1.0, enzyme_const, 0), 20 * x + 9 * 80 * x);
  checkExact("primal and tangent", __enzyme_fwddiff((void *)user, x, 1.0, enzyme_const, 1),
             300 * x * x * x + pow(x, 3));
  checkExact("void", __enzyme_fwddiff((void *)user, x, 1.0, enzyme_const, 2), 1000 * (2 * x + 2));
  return checkResult();
}
