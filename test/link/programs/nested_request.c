// The differentiated function uses a derivative itself: particles move along a force that is a gradient of an energy.
#include "check.h"

extern int enzyme_dup, enzyme_const, enzyme_out;
extern void __enzyme_autodiff_energy(void *, ...);
extern double __enzyme_autodiff_path(void *, ...);
extern double __enzyme_fwddiff_path(void *, ...);

static double energy(const double *x, double stiffness) {
  double d = x[1] - x[0];
  return stiffness * d * d / 2 + 0.1 * x[0] * x[0] * x[0] * x[0] + cos(x[1]);
}

static double path(double start, double stiffness, int steps) {
  double x[2] = {start, 1}, v[2] = {0, 0.5};
  for (int n = 0; n < steps; ++n) {
    double force[2] = {0, 0};
    __enzyme_autodiff_energy((void *)energy, enzyme_dup, x, force, enzyme_const, stiffness);
    for (int i = 0; i < 2; ++i) {
      v[i] -= 0.05 * force[i];
      x[i] += 0.05 * v[i];
    }
  }
  return x[0] * x[1] + v[0];
}

// The same with the forces written out.
static double byHand(double start, double stiffness, int steps) {
  double x[2] = {start, 1}, v[2] = {0, 0.5};
  for (int n = 0; n < steps; ++n) {
    double d = x[1] - x[0];
    double force[2] = {-stiffness * d + 0.4 * x[0] * x[0] * x[0], stiffness * d - sin(x[1])};
    for (int i = 0; i < 2; ++i) {
      v[i] -= 0.05 * force[i];
      x[i] += 0.05 * v[i];
    }
  }
  return x[0] * x[1] + v[0];
}

int main(void) {
  double s = 0.6, k = 1.7, wantS = DIFFERENCE(byHand(s, k, 30), s), wantK = DIFFERENCE(byHand(s, k, 30), k);
  checkExact("value", path(s, k, 30), byHand(s, k, 30));
  checkDifference("reverse start",
                  __enzyme_autodiff_path((void *)path, enzyme_out, s, enzyme_const, k, enzyme_const, 30), wantS);
  checkDifference("reverse stiffness",
                  __enzyme_autodiff_path((void *)path, enzyme_const, s, enzyme_out, k, enzyme_const, 30), wantK);
  checkDifference("forward", __enzyme_fwddiff_path((void *)path, s, 1.0, k, 1.0, 30), wantS + wantK);
  return checkResult();
}
