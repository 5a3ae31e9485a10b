// __enzyme_function_like: a rounded table look-up differentiates like the library function it approximates.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

__attribute__((noinline)) static double roundedLog1p(double x) { return round(log1p(x) * 1e9) / 1e9; }
void *__enzyme_function_like_roundedLog1p[2] = {(void *)roundedLog1p, (void *)"log1p"};

__attribute__((noinline)) static double roundedSine(double x) { return rint(sin(x) * 1e9) / 1e9; }
void *__enzyme_function_like_roundedSine[2] = {(void *)roundedSine, (void *)"sin"};

static double f(double x) { return roundedLog1p(2 * x) + roundedSine(x) * x; }

int main(void) {
  double x = 0.7, want = 2 / (1 + 2 * x) + cos(x) * x + sin(x);
  checkNear("reverse", __enzyme_autodiff((void *)f, x), want, 1e-8);
  checkNear("forward", __enzyme_fwddiff((void *)f, x, 1.0), want, 1e-8);
  return checkResult();
}
