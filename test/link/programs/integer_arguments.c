// Integer parameters of every width steer the computation and have no derivative.
#include "check.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

extern int enzyme_const, enzyme_out, enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum kind { LINEAR, QUADRATIC, CUBIC };

static double steer(size_t n, double x, int64_t offset, enum kind kind, unsigned mask, bool flip) {
  double s = flip ? -x : x;
  for (size_t i = 0; i < n; ++i)
    if (mask >> i & 1u)
      s += kind == LINEAR ? x : kind == QUADRATIC ? x * x : x * x * x;
  return s * (double)offset + (double)mask;
}

int main(void) {
  double x = 1.6;
  for (int k = LINEAR; k <= CUBIC; ++k) {
    enum kind kind = (enum kind)k;
    double want = DIFFERENCE(steer(8, x, -3, kind, 0xb5, true), x);
    checkDifference("reverse",
                    __enzyme_autodiff((void *)steer, enzyme_const, (size_t)8, enzyme_out, x, enzyme_const, (int64_t)-3,
                                      enzyme_const, kind, enzyme_const, 0xb5u, enzyme_const, true),
                    want);
    checkDifference("forward", __enzyme_fwddiff((void *)steer, (size_t)8, x, 1.0, (int64_t)-3, kind, 0xb5u, true),
                    want);
  }
  return checkResult();
}
