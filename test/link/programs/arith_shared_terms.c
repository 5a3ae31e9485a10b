// Straight-line code in which every temporary feeds several later ones, without any call.
#include "check.h"

extern double __enzyme_autodiff_ladder(void *, ...);
extern double __enzyme_fwddiff_ladder(void *, ...);

double ladder(double x) {
  double a = x + 1, b = a * x, c = b - a, d = c * b, e = d + c * a, f = e / (1 + b * b);
  double g = f * e - d, h = g / (2 + f * f), i = h * g + a, j = i * h - f;
  return j * (i - h) + g / (1 + j * j);
}

int main(void) {
  for (double x = -0.9; x < 1; x += 0.45) {
    double want = DIFFERENCE(ladder(x), x);
    checkDifference("reverse", __enzyme_autodiff_ladder((void *)ladder, x), want);
    checkDifference("forward", __enzyme_fwddiff_ladder((void *)ladder, x, 1.0), want);
  }
  return checkResult();
}
