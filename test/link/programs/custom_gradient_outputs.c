// A registered gradient of a void function with an output pointer, two active scalars and no tape.
#include "check.h"

extern int enzyme_out;
struct gradient {
  double dx, dy;
};
extern struct gradient __enzyme_autodiff(void *, ...);

static int used;

__attribute__((noinline)) static void product(double x, double y, double *out) { *out = x * y + 1; }

static void augmentedProduct(double x, double y, double *out, double *dout) {
  (void)dout;
  product(x, y, out);
}

static struct gradient reverseProduct(double x, double y, double *out, double *dout) {
  (void)out;
  double adjoint = *dout;
  *dout = 0;
  ++used;
  return (struct gradient){adjoint * y, adjoint * x};
}

void *__enzyme_register_gradient_product[] = {(void *)product, (void *)augmentedProduct, (void *)reverseProduct};

static double chain(double x, double y) {
  double p, q;
  product(x, y, &p);
  product(p, p, &q);
  return q * x;
}

int main(void) {
  double x = 1.4, y = -0.6, wantX = DIFFERENCE(chain(x, y), x), wantY = DIFFERENCE(chain(x, y), y);
  struct gradient g = __enzyme_autodiff((void *)chain, enzyme_out, x, enzyme_out, y);
  checkDifference("reverse x", g.dx, wantX);
  checkDifference("reverse y", g.dy, wantY);
  checkExact("rule used", used, 2);
  return checkResult();
}
