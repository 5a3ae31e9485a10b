// Polymorphic objects created, stored in a vector of unique_ptr and destroyed inside f.
#include "check.h"
#include <memory>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Layer {
  virtual ~Layer() = default;
  virtual double apply(double x) = 0;
};
struct Affine : Layer {
  double a, b;
  Affine(double a, double b) : a(a), b(b) {}
  double apply(double x) override { return a * x + b; }
};
struct Squash : Layer {
  double apply(double x) override { return tanh(x); }
};
struct Memory : Layer { // remembers active values between calls
  double last = 0.5;
  double apply(double x) override {
    double result = x * last;
    last = x;
    return result;
  }
};

static double network(const double *p, int depth) {
  std::vector<std::unique_ptr<Layer>> layers;
  for (int i = 0; i < depth; ++i) {
    if (i % 3 == 0)
      layers.push_back(std::make_unique<Affine>(p[i % 4], p[(i + 1) % 4]));
    else if (i % 3 == 1)
      layers.emplace_back(new Squash);
    else
      layers.push_back(std::make_unique<Memory>());
  }
  double x = p[3];
  for (int round = 0; round < 2; ++round)
    for (auto &layer : layers)
      x = layer->apply(x);
  return x;
}

int main() {
  double p[4] = {1.3, -0.4, 0.9, 0.6}, dp[4] = {}, want[4], forward[4];
  __enzyme_autodiff<void>((void *)network, enzyme_dup, p, dp, enzyme_const, 7);
  for (int i = 0; i < 4; ++i) {
    double e[4] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(network(p, 7), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)network, enzyme_dup, p, e, enzyme_const, 7);
  }
  checkArrayDifference("reverse", dp, want, 4);
  checkArrayDifference("forward", forward, want, 4);
  return checkResult();
}
