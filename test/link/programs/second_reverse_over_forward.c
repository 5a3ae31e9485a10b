// Reverse over forward: the gradient of a directional derivative is a Hessian-vector product.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double f(const double *x) { return x[0] * x[0] * x[1] + sin(x[1] * x[2]) + x[2] * x[2] * x[2] / x[0]; }

static double along(const double *x, const double *v) { return __enzyme_fwddiff((void *)f, enzyme_dup, x, v); }

int main(void) {
  double x[3] = {1.5, 0.4, -0.8}, v[3] = {1, 2, -0.5}, dx[3] = {0}, dv[3] = {0};
  double s = sin(x[1] * x[2]), c = cos(x[1] * x[2]);
  double gradient[3] = {2 * x[0] * x[1] - pow(x[2], 3) / (x[0] * x[0]), x[0] * x[0] + x[2] * c,
                        x[1] * c + 3 * x[2] * x[2] / x[0]};
  double h[3][3] = {
      {2 * x[1] + 2 * pow(x[2], 3) / pow(x[0], 3), 2 * x[0], -3 * x[2] * x[2] / (x[0] * x[0])},
      {2 * x[0], -x[2] * x[2] * s, c - x[1] * x[2] * s},
      {-3 * x[2] * x[2] / (x[0] * x[0]), c - x[1] * x[2] * s, -x[1] * x[1] * s + 6 * x[2] / x[0]},
  };
  double hv[3];
  for (int i = 0; i < 3; ++i)
    hv[i] = h[i][0] * v[0] + h[i][1] * v[1] + h[i][2] * v[2];
  __enzyme_autodiff((void *)along, enzyme_dup, x, dx, enzyme_dup, v, dv);
  checkArrayExact("with respect to x", dx, hv, 3);
  checkArrayExact("with respect to v", dv, gradient, 3);
  return checkResult();
}
