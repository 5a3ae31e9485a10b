// Gradients that the x86-64 ABI squeezes: two floats in one register, and double beside float.
#include "check.h"

struct twoFloats {
  float dx, dy;
};
struct mixedPair {
  double dx;
  float dy;
};
extern struct twoFloats __enzyme_autodiff_ff(float (*)(float, float), float, float);
extern struct mixedPair __enzyme_autodiff_df(double (*)(double, float), double, float);
extern float __enzyme_fwddiff_ff(float (*)(float, float), float, float, float, float);
extern double __enzyme_fwddiff_df(double (*)(double, float), double, double, float, float);

static float product(float x, float y) { return x * x * y; }
static double quotient(double x, float y) { return x * x / y; }

int main(void) {
  struct twoFloats p = __enzyme_autodiff_ff(product, 3.0f, 5.0f);
  checkNear("product x", p.dx, 30, 1e-6);
  checkNear("product y", p.dy, 9, 1e-6);
  checkNear("product forward", __enzyme_fwddiff_ff(product, 3.0f, 1.0f, 5.0f, 10.0f), 120, 1e-6);
  struct mixedPair q = __enzyme_autodiff_df(quotient, 3.0, 4.0f);
  checkNear("quotient x", q.dx, 1.5, 1e-6);
  checkNear("quotient y", q.dy, -0.5625, 1e-6);
  checkNear("quotient forward", __enzyme_fwddiff_df(quotient, 3.0, 1.0, 4.0f, 1.0f), 0.9375, 1e-6);
  return checkResult();
}
