// Markers that rearrange the argument list: interleaved shadows, strided shadows, several lanes with the primal result.
#include "check.h"
extern int enzyme_dup, enzyme_const, enzyme_interleave, enzyme_width, enzyme_dupv, enzyme_primal_return, enzyme_out;
extern double __enzyme_fwddiff(void *, ...);
extern double __enzyme_autodiff(void *, ...);
struct three {
  double p, a, b;
};
extern struct three __enzyme_fwddiff3(void *, ...);
struct five {
  double p, xa, xb, ya, yb;
};
extern struct five __enzyme_autodiff5(void *, ...);
struct fwd2 {
  double a, b;
};
extern struct fwd2 __enzyme_fwddiff2(void *, ...);
static double f(double x, double y) { return x * x * y; }
static double g(const double *x, const double *y, int n) {
  double s = 0;
  for (int i = 0; i < n; ++i)
    s += x[i] * x[i] * y[i];
  return s;
}
int main(void) {
  double x = 1.5, y = 0.5;
  checkExact("fwd interleave", __enzyme_fwddiff((void *)f, enzyme_interleave, x, y, 1.0, 2.0), 2 * x * y + 2 * x * x);
  struct three t = __enzyme_fwddiff3((void *)f, enzyme_width, 2, enzyme_primal_return, x, 1.0, 0.0, y, 0.0, 1.0);
  checkExact("p", t.p, x * x * y);
  checkExact("a", t.a, 2 * x * y);
  checkExact("b", t.b, x * x);
  struct fwd2 q = __enzyme_fwddiff2((void *)f, enzyme_width, 2, enzyme_interleave, x, y, 1.0, 0.0, 0.0, 1.0);
  checkExact("a", q.a, 2 * x * y);
  checkExact("b", q.b, x * x);
  struct three r =
      __enzyme_fwddiff3((void *)f, enzyme_primal_return, enzyme_width, 2, enzyme_dup, x, 1.0, 0.0, enzyme_const, y);
  checkExact("p", r.p, x * x * y);
  checkExact("a", r.a, 2 * x * y);
  checkExact("b", r.b, 0);
  double v[2] = {1, 2}, w[2] = {3, 4}, dv[2] = {0}, dw[2] = {0};
  __enzyme_autodiff((void *)g, enzyme_interleave, v, w, enzyme_const, 2, dv, dw);
  double wantV[2] = {6, 16}, wantW[2] = {1, 4};
  checkArrayExact("dv", dv, wantV, 2);
  checkArrayExact("dw", dw, wantW, 2);
  double tv[2][2] = {{1, 0}, {0, 1}}, tw[2][2] = {{0, 0}, {0, 1}};
  struct three z = __enzyme_fwddiff3((void *)g, enzyme_width, 2, enzyme_primal_return, enzyme_dupv, sizeof tv[0], v, tv,
                                     enzyme_dupv, sizeof tw[0], w, tw, 2);
  checkExact("p", z.p, 3 + 16);
  checkExact("a", z.a, 6);
  checkExact("b", z.b, 16 + 4);
  double av[2][2] = {{0}}, aw[2][2] = {{0}};
  double p = __enzyme_autodiff((void *)g, enzyme_width, 2, enzyme_primal_return, enzyme_dupv, sizeof av[0], v, av,
                               enzyme_dupv, sizeof aw[0], w, aw, 2);
  checkExact("p", p, 19);
  checkArrayExact("av1", av[1], wantV, 2);
  checkArrayExact("av0", av[0], wantV, 2);
  checkArrayExact("aw", aw[1], wantW, 2);
  struct five h = __enzyme_autodiff5((void *)f, enzyme_width, 2, enzyme_primal_return, enzyme_out, x, enzyme_out, y);
  checkExact("p", h.p, x * x * y);
  checkExact("xa", h.xa, 2 * x * y);
  checkExact("yb", h.yb, x * x);
  return checkResult();
}
