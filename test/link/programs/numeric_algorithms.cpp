// Standard algorithms: accumulate, inner_product, transform, partial_sum, adjacent_difference, max_element, rotate.
#include "check.h"
#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <vector>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double algorithms(const std::vector<double> &x) {
  std::vector<double> y(x.size()), z;
  std::transform(x.begin(), x.end(), y.begin(), [](double v) { return v * v + 1; });
  std::partial_sum(y.begin(), y.end(), y.begin());
  std::transform(x.begin(), x.end(), y.begin(), std::back_inserter(z), std::multiplies<double>());
  std::rotate(z.begin(), z.begin() + 2, z.end());
  std::adjacent_difference(z.begin(), z.end(), y.begin());
  std::reverse(y.begin() + 1, y.end());
  double s = std::accumulate(y.begin(), y.end(), 1.0, [](double a, double b) { return a * 0.5 + b; });
  s += std::inner_product(x.begin(), x.end(), z.begin(), 0.0);
  s *= *std::max_element(y.begin(), y.end()) - *std::min_element(z.begin(), z.end());
  std::replace_if(y.begin(), y.end(), [](double v) { return v < 0; }, s);
  std::for_each(y.begin(), y.end(), [&s](double v) { s += v * 0.1; });
  std::nth_element(z.begin(), z.begin() + 2, z.end());
  return s + z[2] * std::count_if(x.begin(), x.end(), [](double v) { return v > 0; });
}

int main() {
  std::vector<double> x{0.5, -0.3, 1.4, 0.8, -1.1, 0.65}, dx(6, 0.0), want(6), forward(6);
  __enzyme_autodiff<double>((void *)algorithms, enzyme_dup, &x, &dx);
  for (int i = 0; i < 6; ++i) {
    std::vector<double> e(6, 0.0);
    e[i] = 1;
    want[i] = DIFFERENCE(algorithms(x), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)algorithms, enzyme_dup, &x, &e);
  }
  checkArrayDifference("reverse", dx.data(), want.data(), 6);
  checkArrayDifference("forward", forward.data(), want.data(), 6);
  return checkResult();
}
