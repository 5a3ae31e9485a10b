// enzyme_nofree keeps the tape: the reverse pass runs several times on it, with heap memory and locals in the primal.
#include "check.h"
#include <stdlib.h>

extern int enzyme_out, enzyme_dup, enzyme_const, enzyme_nofree;
struct augmented {
  void *tape;
  double primal;
};
extern struct augmented __enzyme_augmentfwd(void *, ...);
extern double __enzyme_reverse(void *, ...);
extern double __enzyme_autodiff(void *, ...);

static double f(double x, const double *v, int n) {
  double *powers = malloc(n * sizeof *powers), local[4] = {x, x * x, 0, 1}, sum = 0;
  for (int i = 0; i < n; ++i)
    powers[i] = i ? powers[i - 1] * x : sin(x);
  for (int i = 0; i < n; ++i)
    local[i % 4] = local[(i + 1) % 4] * v[i] + powers[n - 1 - i];
  for (int i = 0; i < 4; ++i)
    sum += local[i] * local[i];
  free(powers);
  return sum;
}

int main(void) {
  double x = 0.8, v[6] = {0.5, 1.5, -0.7, 0.3, 1.1, -0.2}, want[6], twice[6], dv[6] = {0};
  double wantX = DIFFERENCE(f(x, v, 6), x);
  for (int i = 0; i < 6; ++i)
    want[i] = DIFFERENCE(f(x, v, 6), v[i]), twice[i] = 3 * want[i];
  struct augmented a = __enzyme_augmentfwd((void *)f, enzyme_nofree, enzyme_out, x, enzyme_dup, v, dv, enzyme_const, 6);
  checkExact("primal", a.primal, f(x, v, 6));
  checkDifference(
      "first",
      __enzyme_reverse((void *)f, enzyme_nofree, enzyme_out, x, enzyme_dup, v, dv, enzyme_const, 6, 1.0, a.tape),
      wantX);
  checkArrayDifference("first v", dv, want, 6);
  checkDifference("gradient in between", __enzyme_autodiff((void *)f, enzyme_out, x, enzyme_const, v, enzyme_const, 6),
                  wantX);
  checkDifference("second", __enzyme_reverse((void *)f, enzyme_out, x, enzyme_dup, v, dv, enzyme_const, 6, 2.0, a.tape),
                  2 * wantX);
  checkArrayDifference("second v", dv, twice, 6);
  // Many tapes at once, in any order.
  struct augmented many[50];
  for (int i = 0; i < 50; ++i)
    many[i] = __enzyme_augmentfwd((void *)f, enzyme_out, x + i, enzyme_const, v, enzyme_const, 6);
  double got[50], wanted[50];
  for (int i = 0; i < 50; ++i) {
    int k = i * 7 % 50;
    double y = x + k;
    got[i] = __enzyme_reverse((void *)f, enzyme_out, x + k, enzyme_const, v, enzyme_const, 6, 1.0, many[k].tape);
    wanted[i] = DIFFERENCE(f(y, v, 6), y);
  }
  checkArrayDifference("many", got, wanted, 50);
  return checkResult();
}
