// Variants of a number and an integer, returned by value through the table that std::visit makes: the ABI
// returns the bytes of either in an integer register, beside the index.
#include "check.h"
#include <variant>
#include <vector>

extern int enzyme_dup;
template <class T, class... A> T __enzyme_autodiff(void *, A...);
template <class T, class... A> T __enzyme_fwddiff(void *, A...);

using Number = std::variant<int, double>;

static Number add(const Number &a, const Number &b) {
  return std::visit([](auto p, auto q) -> Number { return p + q; }, a, b);
}

static double value(const Number &a) {
  return std::visit([](auto p) { return double(p); }, a);
}

static double sum(const double *x) {
  Number total = 1;
  const Number terms[] = {2, x[0], x[1] * x[0], 3};
  for (const Number &term : terms)
    total = add(total, term);
  std::vector<Number> grown{x[1], 4};
  grown.push_back(add(grown[0], grown[1]));
  grown.push_back(add(grown[1], 2));
  return value(total) * value(grown[2]) + value(grown[3]) * std::get<double>(terms[1]);
}

int main() {
  double x[2] = {0.5, 0.75}, dx[2] = {0, 0}, forward[2];
  // (6 + x0 + x0 x1) (x1 + 4) + 6 x0
  const double want[2] = {(1 + x[1]) * (x[1] + 4) + 6, x[0] * (x[1] + 4) + 6 + x[0] + x[0] * x[1]};
  __enzyme_autodiff<void>((void *)sum, enzyme_dup, x, dx);
  for (int i = 0; i < 2; ++i) {
    double direction[2] = {i == 0 ? 1.0 : 0.0, i == 1 ? 1.0 : 0.0};
    forward[i] = __enzyme_fwddiff<double>((void *)sum, enzyme_dup, x, direction);
  }
  checkArrayExact("reverse", dx, want, 2);
  checkArrayExact("forward", forward, want, 2);
  return checkResult();
}
