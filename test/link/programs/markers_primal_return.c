// enzyme_primal_return puts the value of the function before its derivatives, in both modes.
#include "check.h"

extern int enzyme_primal_return, enzyme_out, enzyme_dup, enzyme_const;
struct valueGradient {
  double value, dx, dy;
};
struct valueTangent {
  double value, tangent;
};
struct valueOnly {
  double value;
};
extern struct valueGradient __enzyme_autodiff_vg(void *, ...);
extern struct valueOnly __enzyme_autodiff_v(void *, ...);
extern struct valueTangent __enzyme_fwddiff_vt(void *, ...);

static double f(double x, double y) { return exp(x * y) + x / y; }
static double norm(const double *v) { return sqrt(v[0] * v[0] + v[1] * v[1]); }

int main(void) {
  double x = 0.4, y = 1.5, wantX = y * exp(x * y) + 1 / y, wantY = x * exp(x * y) - x / (y * y);
  struct valueGradient g = __enzyme_autodiff_vg((void *)f, enzyme_primal_return, enzyme_out, x, enzyme_out, y);
  checkExact("reverse value", g.value, f(x, y));
  checkExact("reverse x", g.dx, wantX);
  checkExact("reverse y", g.dy, wantY);

  struct valueTangent t = __enzyme_fwddiff_vt((void *)f, enzyme_primal_return, x, 1.0, enzyme_const, y);
  checkExact("forward value", t.value, f(x, y));
  checkExact("forward tangent", t.tangent, wantX);

  double v[2] = {3, 4}, dv[2] = {0, 0}, unit[2] = {0.6, 0.8};
  struct valueOnly n = __enzyme_autodiff_v((void *)norm, enzyme_primal_return, enzyme_dup, v, dv);
  checkExact("norm", n.value, 5);
  checkArrayExact("norm gradient", dv, unit, 2);
  return checkResult();
}
