// std::valarray: element-wise arithmetic, slices, masks and reductions.
#include "check.h"
#include <valarray>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double arrays(const double *x, int n) {
  std::valarray<double> a(x, n), b = a * a + 2.0;
  b[std::slice(0, n / 2, 2)] *= std::valarray<double>(a[std::slice(1, n / 2, 2)]);
  std::valarray<double> c = std::exp(-a) / (1.0 + b * b);
  c[a < 0.0] = 3.0;
  return (b * c).sum() + c.max() - b.min() + a.shift(1)[0] * c.cshift(-2)[1];
}

int main() {
  enum { N = 6 };
  double x[N] = {0.7, -0.4, 1.2, 0.3, -0.9, 0.5}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff<void>((void *)arrays, enzyme_dup, x, dx, enzyme_const, (int)N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(arrays(x, N), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)arrays, enzyme_dup, x, e, enzyme_const, (int)N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
