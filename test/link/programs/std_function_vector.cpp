// Type-erased callables that a vector holds and moves while it grows: without state, with a number, with a
// reference to a pointer. What lies in their buffers is a number in one and a pointer in the next.
#include "check.h"
#include <functional>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double chain(const double *x, int n) {
  std::vector<std::function<double(double)>> steps;
  double k = x[0];
  steps.push_back([](double a) { return a * a; });
  steps.push_back([k](double a) { return a * k; });
  steps.push_back([&](double a) { return sin(a) * x[1]; });
  for (int i = 0; i < n; ++i)
    steps.emplace_back([i, x](double a) { return a + x[i] * cos(a); });
  double large[4] = {x[0], x[1], x[2], k * x[2]};
  steps.insert(steps.begin() + 1, [large](double a) { return large[3] * a + large[1]; });
  double v = x[2];
  for (auto &step : steps)
    v = step(v) + 1;
  return v;
}

int main() {
  double x[3] = {0.5, 1.3, 0.8}, dx[3] = {}, want[3], forward[3];
  __enzyme_autodiff<void>((void *)chain, enzyme_dup, x, dx, enzyme_const, 3);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(chain(x, 3), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)chain, enzyme_dup, x, e, enzyme_const, 3);
  }
  checkArrayDifference("reverse", dx, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
