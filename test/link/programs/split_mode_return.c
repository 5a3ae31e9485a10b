// Split reverse mode of a function with a result: {tape, primal} first, then an adjoint of our choice for the result.
#include "check.h"

extern int enzyme_out, enzyme_dup;
struct augmented {
  void *tape;
  double primal;
};
extern struct augmented __enzyme_augmentfwd(void *, ...);
extern double __enzyme_reverse(void *, ...);

static double f(double x, const double *v) {
  double s = x;
  for (int i = 0; i < 3; ++i)
    s = s * v[i] + sin(s);
  return s;
}

int main(void) {
  double x = 0.8, v[3] = {0.5, 1.5, -0.7}, dv[2][3] = {{0}};
  double wantX = DIFFERENCE(f(x, v), x), want[3];
  for (int i = 0; i < 3; ++i)
    want[i] = 2.5 * DIFFERENCE(f(x, v), v[i]);
  struct augmented a = __enzyme_augmentfwd((void *)f, enzyme_out, x, enzyme_dup, v, dv[0]);
  struct augmented b = __enzyme_augmentfwd((void *)f, enzyme_out, 2 * x, enzyme_dup, v, dv[1]);
  checkExact("first primal", a.primal, f(x, v));
  checkExact("second primal", b.primal, f(2 * x, v));
  double dx = __enzyme_reverse((void *)f, enzyme_out, x, enzyme_dup, v, dv[0], 2.5, a.tape);
  checkDifference("reverse x", dx, 2.5 * wantX);
  checkArrayDifference("reverse v", dv[0], want, 3);
  // The tapes are independent: they are not used in stack order here.
  double y = 2 * x, wantY = DIFFERENCE(f(y, v), y);
  checkDifference("second tape", __enzyme_reverse((void *)f, enzyme_out, 2 * x, enzyme_dup, v, dv[1], 1.0, b.tape),
                  wantY);
  return checkResult();
}
