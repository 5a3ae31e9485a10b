// std::vector by reference: read-only with a shadow vector, and updated in place.
#include "check.h"
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

using Vector = std::vector<double>;

static double energy(const Vector &x, const std::vector<int> &order) {
  double s = 0;
  for (std::size_t i = 0; i + 1 < x.size(); ++i)
    s += x[order[i]] * x[order[i + 1]] + exp(-x.at(i) * x.back());
  return s;
}

static void relax(Vector &x) {
  for (auto it = x.begin() + 1; it != x.end(); ++it)
    *it = *it * *(it - 1) + 0.5;
}

int main() {
  Vector x{0.5, 1.2, -0.4, 0.9}, dx(4, 0.0), want(4), forward(4);
  std::vector<int> order{2, 0, 3, 1};
  __enzyme_autodiff<double>((void *)energy, enzyme_dup, &x, &dx, enzyme_const, &order);
  for (int i = 0; i < 4; ++i) {
    Vector e(4, 0.0);
    e[i] = 1;
    want[i] = DIFFERENCE(energy(x, order), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)energy, enzyme_dup, &x, &e, enzyme_const, &order);
  }
  checkArrayDifference("reverse", dx.data(), want.data(), 4);
  checkArrayDifference("forward", forward.data(), want.data(), 4);

  Vector y = x, seed{1, 2, 3, 4};
  double y1 = x[1] * x[0] + 0.5, y2 = x[2] * y1 + 0.5;
  Vector wanted{1 + x[1] * (2 + x[2] * (3 + 4 * x[3])), x[0] * (2 + x[2] * (3 + 4 * x[3])), y1 * (3 + 4 * x[3]),
                4 * y2};
  __enzyme_autodiff<void>((void *)relax, enzyme_dup, &y, &seed);
  checkArrayExact("in place reverse", seed.data(), wanted.data(), 4);
  Vector z = x, t{1, 0, 0, 0}, tangent{1, x[1], x[1] * x[2], x[1] * x[2] * x[3]};
  __enzyme_fwddiff<void>((void *)relax, enzyme_dup, &z, &t);
  checkArrayExact("in place forward", t.data(), tangent.data(), 4);
  return checkResult();
}
