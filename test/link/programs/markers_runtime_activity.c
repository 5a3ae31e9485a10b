// enzyme_runtime_activity: a shadow pointer equal to its primal pointer says that the memory is constant.
#include "check.h"

struct pair {
  const double *a, *b;
};

extern int enzyme_dup, enzyme_runtime_activity;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double product(const struct pair *p, const int *swap) {
  const double *first = *swap ? p->b : p->a, *second = *swap ? p->a : p->b;
  return *first * *first * *second;
}

int main(void) {
  extern int enzyme_const;
  double a = 3, b = 5, da = 0;
  struct pair p = {&a, &b}, d = {&da, &b};
  for (int swap = 0; swap < 2; ++swap) {
    double want = swap ? 25 : 30;
    da = 0;
    __enzyme_autodiff((void *)product, enzyme_runtime_activity, enzyme_dup, &p, &d, enzyme_const, &swap);
    checkExact("reverse", da, want);
    checkExact("constant untouched", b, 5);
    da = 1;
    checkExact("forward",
               __enzyme_fwddiff((void *)product, enzyme_runtime_activity, enzyme_dup, &p, &d, enzyme_const, &swap),
               want);
  }
  return checkResult();
}
