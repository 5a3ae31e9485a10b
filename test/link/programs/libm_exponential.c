// Exponentials, logarithms and powers, each against its textbook derivative.
#define _GNU_SOURCE
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double e(double x) { return exp(x); }
static double two(double x) { return exp2(x); }
static double ten(double x) { return exp10(x); }
static double lessOne(double x) { return expm1(x); }
static double natural(double x) { return log(x); }
static double binary(double x) { return log2(x); }
static double decimal(double x) { return log10(x); }
static double plusOne(double x) { return log1p(x); }
static double power(double x) { return pow(x, 2.5); }
static double base(double x) { return pow(2.5, x); }
static double self(double x) { return pow(x, x); }

#define CHECK(f, want)                                                                                                 \
  checkExact(#f " reverse", __enzyme_autodiff((void *)f, x), want);                                                    \
  checkExact(#f " forward", __enzyme_fwddiff((void *)f, x, 1.0), want)

int main(void) {
  double x = 1.7;
  CHECK(e, exp(x));
  CHECK(two, log(2.0) * exp2(x));
  CHECK(ten, log(10.0) * pow(10, x));
  CHECK(lessOne, exp(x));
  CHECK(natural, 1 / x);
  CHECK(binary, 1 / (x * log(2.0)));
  CHECK(decimal, 1 / (x * log(10.0)));
  CHECK(plusOne, 1 / (1 + x));
  CHECK(power, 2.5 * pow(x, 1.5));
  CHECK(base, log(2.5) * pow(2.5, x));
  CHECK(self, pow(x, x) * (log(x) + 1));
  return checkResult();
}
