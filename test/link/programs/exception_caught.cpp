// Exceptions thrown and caught inside f: the catch takes another path, objects on the way are destroyed.
#include "check.h"
#include <stdexcept>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double checkedRoot(double x) {
  if (x < 0)
    throw std::domain_error("negative");
  return sqrt(x);
}

static double robust(const std::vector<double> &x) {
  double s = 1;
  for (double v : x) {
    try {
      std::vector<double> work(3, v);
      work[1] = checkedRoot(v) * s;
      s += work[0] * work[1];
    } catch (const std::domain_error &) {
      s = s * 0.5 - v * v;
    }
  }
  try {
    s *= x.at(x.size() > 4 ? 1 : 99);
  } catch (const std::exception &) {
    s /= 1 + x[0] * x[0];
  }
  return s;
}

int main() {
  for (int n = 3; n < 6; n += 2) {
    std::vector<double> x{0.6, -0.8, 1.7, -0.3, 0.9}, dx(n, 0.0), want(n), forward(n);
    x.resize(n);
    __enzyme_autodiff<double>((void *)robust, enzyme_dup, &x, &dx);
    for (int i = 0; i < n; ++i) {
      std::vector<double> e(n, 0.0);
      e[i] = 1;
      want[i] = DIFFERENCE(robust(x), x[i]);
      forward[i] = __enzyme_fwddiff<double>((void *)robust, enzyme_dup, &x, &e);
    }
    checkArrayDifference("reverse", dx.data(), want.data(), n);
    checkArrayDifference("forward", forward.data(), want.data(), n);
  }
  return checkResult();
}
