// Calls through a function pointer that is chosen at run time and passed down two levels.
#include "check.h"

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

typedef double map(double);

__attribute__((noinline)) static double twice(map *f, double x) { return f(f(x)); }
static double grow(double x) { return x * x + 1; }
static double wave(double x) { return sin(3 * x); }
static double bend(double x) { return twice(wave, x) / (1 + x * x); }

static double choose(double x, int which) {
  map *f = which == 0 ? grow : which == 1 ? wave : bend;
  double y = twice(f, x);
  if (y > 1)
    f = wave;
  return f(y * x);
}

int main(void) {
  for (int which = 0; which < 3; ++which) {
    double x = 0.62, want = DIFFERENCE(choose(x, which), x);
    checkDifference("reverse", __enzyme_autodiff((void *)choose, enzyme_out, x, enzyme_const, which), want);
    checkDifference("forward", __enzyme_fwddiff((void *)choose, x, 1.0, enzyme_const, which), want);
  }
  return checkResult();
}
