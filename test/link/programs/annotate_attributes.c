// The annotate() spellings, which need no front-end plugin: inactive functions and globals, function_like.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

__attribute__((noinline, annotate("enzyme_inactive"))) static double frozen(double x) { return 10 * x; }

__attribute__((annotate("enzyme_inactive"))) static double remembered;

__attribute__((noinline)) static double recall(void) { return remembered; }

__attribute__((noinline, annotate("enzyme_function_like=log1p"))) static double approximate(double x) {
  return round(log1p(x) * 1e9) / 1e9;
}

static double f(double x) {
  remembered = 5 * x;
  return frozen(x) * x + approximate(x) + recall();
}

int main(void) {
  double x = 1.5, want = 10 * x + 1 / (1 + x);
  checkNear("reverse", __enzyme_autodiff((void *)f, x), want, 1e-10);
  checkNear("forward", __enzyme_fwddiff((void *)f, x, 1.0), want, 1e-10);
  return checkResult();
}
