// A full Hessian: one forward request of width three over a reverse gradient.
#include "check.h"

extern int enzyme_dup, enzyme_width;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

static double f(const double *x) {
  double s = 0;
  for (int i = 0; i < 3; ++i)
    s += x[i] * x[i] * x[i] * x[(i + 1) % 3];
  return s;
}

static void gradient(const double *x, double *g) {
  g[0] = g[1] = g[2] = 0;
  __enzyme_autodiff((void *)f, enzyme_dup, x, g);
}

int main(void) {
  double x[3] = {0.5, -1.5, 2}, g[3], identity[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, h[3][3] = {{0}};
  __enzyme_fwddiff((void *)gradient, enzyme_width, 3, enzyme_dup, x, identity[0], identity[1], identity[2], enzyme_dup,
                   g, h[0], h[1], h[2]);
  for (int i = 0; i < 3; ++i) {
    int next = (i + 1) % 3, before = (i + 2) % 3;
    double want[3];
    want[i] = 6 * x[i] * x[next];
    want[next] = 3 * x[i] * x[i];
    want[before] = 3 * x[before] * x[before];
    checkExact("gradient", g[i], 3 * x[i] * x[i] * x[next] + pow(x[before], 3));
    checkArrayExact("row", h[i], want, 3);
  }
  return checkResult();
}
