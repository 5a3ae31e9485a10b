// Counted loops: up, down, strided, with zero trips, with a trip count known only at run time.
#include "check.h"

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double loops(double x, int n) {
  double s = 1;
  for (int i = 0; i < n; ++i)
    s = s * x + i;
  for (int i = n - 1; i >= 0; i -= 2)
    s = sin(s) + i * x;
  for (unsigned i = 3; i < (unsigned)n * 2u; i += 3)
    s += sin(s) / (i + x * x);
  return s;
}

int main(void) {
  int counts[] = {0, 1, 2, 7, 40};
  for (int i = 0; i < 5; ++i) {
    int n = counts[i];
    double x = 0.77, want = DIFFERENCE(loops(x, n), x);
    checkDifference("reverse", __enzyme_autodiff((void *)loops, enzyme_out, x, enzyme_const, n), want);
    checkDifference("forward", __enzyme_fwddiff((void *)loops, x, 1.0, enzyme_const, n), want);
  }
  return checkResult();
}
