// std::function: chosen at run time, stored in a vector, composed, capturing active values large and small.
#include "check.h"
#include <functional>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

using Map = std::function<double(double)>;

static double twice(const Map &f, double x) { return f(f(x)); }

static double pipeline(const double *p, int length) {
  std::vector<Map> stages;
  double a = p[0], b = p[1], c = p[2], d = p[0] * p[1];
  for (int i = 0; i < length; ++i)
    switch (i % 3) {
    case 0:
      stages.push_back([a](double x) { return x * a + 1; });
      break;
    case 1:
      stages.emplace_back([a, b, c, d](double x) { return sin(a * x) + b * c - d * x; }); // on the heap
      break;
    default:
      stages.push_back([&c](double x) { return x / (1 + c * c); });
    }
  double x = c;
  for (const Map &stage : stages)
    x = twice(stage, x);
  Map composed = [&](double y) { return stages.front()(y) * stages.back()(x); };
  return composed(b);
}

int main() {
  double p[3] = {0.7, -0.9, 1.4}, dp[3] = {}, want[3], forward[3];
  __enzyme_autodiff<void>((void *)pipeline, enzyme_dup, p, dp, enzyme_const, 5);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(pipeline(p, 5), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)pipeline, enzyme_dup, p, e, enzyme_const, 5);
  }
  checkArrayDifference("reverse", dp, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
