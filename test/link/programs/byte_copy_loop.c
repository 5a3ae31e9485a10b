// A hand-written byte-by-byte copy moves doubles: eight char stores make one active value.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

__attribute__((noinline)) static void copyBytes(void *to, const void *from, unsigned long n) {
  char *t = (char *)to;
  const char *f = (const char *)from;
  while (n--)
    *t++ = *f++;
}

static double product(const double *x, int n) {
  double y[4], p = 1;
  copyBytes(y, x, (unsigned long)n * sizeof *x);
  copyBytes(y + 1, x + 2, sizeof *x);
  for (int i = 0; i < n; ++i)
    p *= y[i] + i;
  return p;
}

int main(void) {
  double x[4] = {1.5, 2.5, -0.5, 3}, dx[4] = {0}, want[4], forward[4];
  __enzyme_autodiff((void *)product, enzyme_dup, x, dx, enzyme_const, 4);
  for (int i = 0; i < 4; ++i) {
    double e[4] = {i == 0, i == 1, i == 2, i == 3};
    want[i] = DIFFERENCE(product(x, 4), x[i]);
    forward[i] = __enzyme_fwddiff((void *)product, enzyme_dup, x, e, enzyme_const, 4);
  }
  checkArrayDifference("reverse", dx, want, 4);
  checkArrayDifference("forward", forward, want, 4);
  return checkResult();
}
