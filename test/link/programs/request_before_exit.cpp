// A request in a function that never returns, because it ends the program; what it runs may throw.
#include "check.h"
#include <cstdlib>
#include <string>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);

static double last(const double *x, int n) {
  std::vector<double> v;
  for (int i = 0; i < n; ++i)
    v.push_back(x[i] * x[i] + (v.empty() ? 0 : v.back()));
  return v.at(n - 1);
}

[[noreturn]] static void checkAndEnd(const std::string &name) {
  enum { N = 4 };
  std::vector<double> x = {0.5, -1.25, 2, 3}, dx(N);
  __enzyme_autodiff<void>((void *)last, enzyme_dup, x.data(), dx.data(), enzyme_const, (int)N);
  for (int i = 0; i < N; ++i)
    checkDifference((name + std::to_string(i)).c_str(), dx[i], 2 * x[i]);
  std::exit(checkResult());
}

int main() { checkAndEnd("component "); }
