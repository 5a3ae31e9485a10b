// Lambdas: captureless ones as the differentiated function, captures by value and reference inside, generic, recursive.
#include "check.h"

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

template <typename F> static double integrate(F f, double a, double b, int n) {
  double s = 0, h = (b - a) / n;
  for (int i = 0; i < n; ++i)
    s += f(a + (i + 0.5) * h) * h;
  return s;
}

static double model(const double *p) {
  int evaluations = 0;
  double scale = p[0] * p[1];
  auto wave = [scale, p, &evaluations](double x) {
    ++evaluations;
    return scale * sin(p[2] * x);
  };
  auto pair = [](auto a, auto b) { return a * b + a; };
  double s = integrate(wave, 0, p[1], 8);
  auto accumulate = [&](double v) mutable { s = pair(s, v); };
  for (int i = 0; i < evaluations / 2; ++i)
    accumulate(p[i % 3]);
  auto recurse = [](auto &&self, double x, int depth) -> double {
    return depth ? self(self, sin(x) * x, depth - 1) : x;
  };
  return s + recurse(recurse, p[0], 4);
}

int main() {
  double p[3] = {0.8, 1.2, 1.7}, dp[3] = {}, want[3], forward[3];
  __enzyme_autodiff<void>((void *)model, enzyme_dup, p, dp);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(model(p), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)model, enzyme_dup, p, e);
  }
  checkArrayDifference("reverse", dp, want, 3);
  checkArrayDifference("forward", forward, want, 3);

  double (*direct)(double) = [](double x) { return x * x * x; };
  checkExact("lambda reverse", __enzyme_autodiff<double>((void *)direct, 2.0), 12);
  checkExact("lambda forward", __enzyme_fwddiff<double>((void *)direct, 2.0, 1.0), 12);
  return checkResult();
}
