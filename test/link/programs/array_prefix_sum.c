// Prefix sums and prefix products of a run-time-sized array, then a use of all of them.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double scan(const double *x, double *sums, double *products, int n) {
  sums[0] = products[0] = x[0];
  for (int i = 1; i < n; ++i) {
    sums[i] = sums[i - 1] + x[i];
    products[i] = products[i - 1] * x[i];
  }
  double s = 0;
  for (int i = 0; i < n; ++i)
    s += sums[i] / (1 + products[n - 1 - i] * products[i]);
  return s;
}

int main(void) {
  enum { N = 6 };
  double x[N] = {1.1, 0.7, 1.9, -0.6, 1.4, 0.9}, sums[N], products[N], want[N], forward[N];
  double dx[N] = {0}, dsums[N] = {0}, dproducts[N] = {0};
  __enzyme_autodiff((void *)scan, enzyme_dup, x, dx, enzyme_dup, sums, dsums, enzyme_dup, products, dproducts,
                    enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0}, tsums[N] = {0}, tproducts[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(scan(x, sums, products, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)scan, enzyme_dup, x, e, enzyme_dup, sums, tsums, enzyme_dup, products,
                                  tproducts, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
