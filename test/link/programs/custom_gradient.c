// A registered gradient is used wherever the function is called; it is wrong by a factor of ten on purpose.
#include "check.h"

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);

__attribute__((noinline)) static double square(double x) { return x * x; }
static double augmentedSquare(double x) { return x * x; }
static double reverseSquare(double x, double adjoint) { return 20 * x * adjoint; }

void *__enzyme_register_gradient_square[] = {(void *)square, (void *)augmentedSquare, (void *)reverseSquare};

static double user(double x, int n) {
  double s = 0;
  for (int i = 1; i <= n; ++i)
    s += square(i * x) + x;
  return sin(s);
}

int main(void) {
  double x = 0.3, s = 14 * x * x + 3 * x;
  checkExact("reverse", __enzyme_autodiff((void *)user, enzyme_out, x, enzyme_const, 3), cos(s) * (280 * x + 3));
  checkExact("directly", __enzyme_autodiff((void *)square, x), 20 * x);
  return checkResult();
}
