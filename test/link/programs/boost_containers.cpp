// Boost's multi_array, optional, flat_map with string keys and static_vector.
#include "check.h"
#include <boost/container/flat_map.hpp>
#include <boost/container/static_vector.hpp>
#include <boost/multi_array.hpp>
#include <boost/optional.hpp>
#include <string>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double f(const double *x, int n) {
  boost::multi_array<double, 3> cube(boost::extents[3][4][2]);
  for (int i = 0; i < 3; ++i)
    for (int j = 0; j < 4; ++j)
      for (int k = 0; k < 2; ++k)
        cube[i][j][k] = x[(i + j * k) % n] * (i - j + 1);
  double sum = 0;
  for (int i = 0; i < 3; ++i)
    for (int j = 1; j < 4; ++j)
      sum += cube[i][j][0] * cube[i][j - 1][1];
  boost::optional<double> maybe;
  if (x[0] > 0)
    maybe = x[1] * x[2];
  sum += maybe.get_value_or(1.0);
  boost::container::flat_map<std::string, double> named;
  named["b"] = x[0];
  named["a"] = x[1];
  named["a key that does not fit into a short string"] = x[2];
  for (auto &entry : named)
    sum = sum * 0.9 + entry.second * entry.second;
  boost::container::static_vector<double, 8> few;
  for (int i = 0; i < n; ++i)
    few.push_back(x[i] * x[i]);
  for (double each : few)
    sum += each;
  return sum;
}

int main() {
  enum { N = 4 };
  double x[N] = {0.5, 1.3, 2, 0.7}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, (int)N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(x, N), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, e, enzyme_const, (int)N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
