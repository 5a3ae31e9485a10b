// A user's own gradient() wrapper: a template that takes any callable and differentiates through it.
#include "check.h"
#include <array>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

// The callable travels as void *: a template argument of the entry point must not be a local type.
template <typename F, std::size_t N> static double call(const void *f, const std::array<double, N> *x) {
  return (*static_cast<const F *>(f))(*x);
}

template <typename F, std::size_t N> std::array<double, N> gradient(const F &f, const std::array<double, N> &x) {
  std::array<double, N> g{};
  __enzyme_autodiff<void>((void *)call<F, N>, enzyme_const, (const void *)&f, enzyme_dup, &x, &g);
  return g;
}

template <typename F, std::size_t N>
double directional(const F &f, const std::array<double, N> &x, const std::array<double, N> &v) {
  return __enzyme_fwddiff<double>((void *)call<F, N>, enzyme_const, (const void *)&f, enzyme_dup, &x, &v);
}

int main() {
  std::array<double, 3> x{0.5, 1.5, -1}, want;
  double stiffness = 2.5;
  int power = 3;
  auto f = [stiffness, &power](const std::array<double, 3> &v) {
    double s = 1;
    for (int i = 0; i < power; ++i)
      s *= v[0] + stiffness * v[1] * v[2];
    return s;
  };
  for (int i = 0; i < 3; ++i)
    want[i] = DIFFERENCE(f(x), x[i]);
  auto g = gradient(f, x);
  checkArrayDifference("reverse", g.data(), want.data(), 3);
  checkDifference("forward", directional(f, x, {1, 2, 3}), want[0] + 2 * want[1] + 3 * want[2]);
  return checkResult();
}
