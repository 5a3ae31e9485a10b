// A std::basic_string of numbers is a container like any other.
#include "check.h"
#include <string>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);

static double f(const double *x, int n) {
  std::basic_string<double> squares;
  for (int i = 0; i < n; ++i)
    squares.push_back(x[i] * x[i]);
  double product = 1;
  for (int i = 0; i < n; ++i)
    product *= squares[i];
  return product;
}

int main() {
  double x[3] = {0.5, 1.3, 2}, dx[3] = {};
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, 3);
  for (int i = 0; i < 3; ++i)
    checkExact("reverse", dx[i], 2 * f(x, 3) / x[i]);
  return checkResult();
}
