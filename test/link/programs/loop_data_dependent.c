// The trip count depends on the data: a fixed-point iteration and a sum until the terms are small.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double squareRoot(double a) {
  double x = a;
  while (fabs(x * x - a) > 1e-13 * a)
    x = (x + a / x) / 2;
  return x;
}

double exponential(double x) {
  double sum = 0, term = 1;
  int k = 0;
  while (fabs(term) > 1e-16) {
    sum += term;
    term *= x / ++k;
  }
  return sum;
}

int main(void) {
  double points[] = {0.01, 0.5, 2, 150};
  for (int i = 0; i < 4; ++i) {
    double a = points[i];
    checkNear("root reverse", __enzyme_autodiff((void *)squareRoot, a), 0.5 / sqrt(a), 1e-8);
    checkNear("root forward", __enzyme_fwddiff((void *)squareRoot, a, 1.0), 0.5 / sqrt(a), 1e-8);
  }
  checkExact("exponential reverse", __enzyme_autodiff((void *)exponential, 1.7), exp(1.7));
  checkExact("exponential forward", __enzyme_fwddiff((void *)exponential, 1.7, 1.0), exp(1.7));
  return checkResult();
}
