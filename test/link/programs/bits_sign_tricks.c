// Sign and magnitude by bit operations on the representation: |x|, -x and copysign without floating-point instructions.
#include "check.h"
#include <stdint.h>
#include <string.h>

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static uint64_t bitsOf(double x) {
  uint64_t b;
  memcpy(&b, &x, 8);
  return b;
}

static double real(uint64_t b) {
  double x;
  memcpy(&x, &b, 8);
  return x;
}

static double magnitude(double x) { return real(bitsOf(x) & 0x7fffffffffffffffu); }
static double negated(double x) { return real(bitsOf(x) ^ 0x8000000000000000u); }

static double tricks(double x) {
  double s = magnitude(x) * x + negated(x * x);
  if (bitsOf(s) >> 63) // the sign as an integer: inactive
    s *= 3;
  return s + magnitude(x - 2);
}

int main(void) {
  for (double x = -2.7; x < 4; x += 1.3) {
    double want = DIFFERENCE(tricks(x), x);
    checkDifference("reverse", __enzyme_autodiff((void *)tricks, x), want);
    checkDifference("forward", __enzyme_fwddiff((void *)tricks, x, 1.0), want);
  }
  return checkResult();
}
