// Split reverse mode of a void function: the augmented pass, other work in between, the reverse pass with its tape.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern void *__enzyme_augmentfwd(void *, ...);
extern void __enzyme_reverse(void *, ...);

static void squareAll(double *x, int n, int rounds) {
  for (int r = 0; r < rounds; ++r)
    for (int i = 0; i < n; ++i)
      x[i] = x[i] * x[i];
}

int main(void) {
  double x[3] = {1.1, 0.9, -1.2}, want[3], value[3], dx[3] = {7, 7, 7};
  for (int i = 0; i < 3; ++i)
    want[i] = (i + 1) * 8 * pow(x[i], 7), value[i] = pow(x[i], 8);
  void *tape = __enzyme_augmentfwd((void *)squareAll, enzyme_dup, x, dx, enzyme_const, 3, enzyme_const, 3);
  checkArrayExact("primal ran", x, value, 3);
  for (int i = 0; i < 3; ++i)
    dx[i] = i + 1; // the seed may come after the first pass
  __enzyme_reverse((void *)squareAll, enzyme_dup, x, dx, enzyme_const, 3, enzyme_const, 3, tape);
  checkArrayExact("reverse", dx, want, 3);
  return checkResult();
}
