// std::map and std::unordered_map inside f: active values under integer and string keys, memoisation, iteration.
#include "check.h"
#include <map>
#include <string>
#include <unordered_map>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double memo(int n, double x, std::unordered_map<int, double> &known) {
  if (n < 2)
    return x + n;
  auto found = known.find(n);
  if (found != known.end())
    return found->second;
  double v = memo(n - 1, x, known) * 0.6 + memo(n - 2, x, known) * x;
  known[n] = v;
  return v;
}

static double tables(const double *x, int n) {
  std::map<int, double> sums;
  for (int i = 0; i < n; ++i)
    sums[(i * 7) % 4] += x[i] * (i + 1);
  double s = 0;
  for (auto &[key, value] : sums) {
    value *= value;
    s += key * value;
  }
  sums.erase(2);
  std::map<std::string, double> named{{"first", x[0]}, {"last", x[n - 1]}};
  named["product"] = named["first"] * named.at("last");
  std::unordered_map<int, double> known;
  return s + sums.begin()->second + named["product"] * memo(12, x[1], known) + known.size();
}

int main() {
  enum { N = 6 };
  double x[N] = {0.4, 0.7, -0.3, 1.1, 0.9, -0.6}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff<void>((void *)tables, enzyme_dup, x, dx, enzyme_const, (int)N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(tables(x, N), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)tables, enzyme_dup, x, e, enzyme_const, (int)N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
