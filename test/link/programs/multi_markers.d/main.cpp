// The markers are declared in a header, defined once in a third unit, and used in two others.
#include "../check.h"
#include "markers.h"

double f(double x, double *v, int n) {
  double s = x;
  for (int i = 0; i < n; ++i)
    s = s * v[i] + x;
  return s;
}

int main() {
  double x = 0.8, v[3] = {0.5, 2, -1.5}, dv[3] = {}, want[3], forward[3];
  double wantX = DIFFERENCE(f(x, v, 3), x);
  double dx = __enzyme_autodiff<double>((void *)f, enzyme_out, x, enzyme_dup, v, dv, enzyme_const, 3);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(x, v, 3), v[i]);
    forward[i] = tangentOf(x, v, e, 3);
  }
  checkDifference("reverse x", dx, wantX);
  checkArrayDifference("reverse v", dv, want, 3);
  checkArrayDifference("forward v", forward, want, 3);
  return checkResult();
}
