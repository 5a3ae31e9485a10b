// An exception leaves the differentiated function: it reaches the caller's handler, and later requests still work.
#include "check.h"
#include <stdexcept>
#include <vector>

extern int enzyme_out, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double product(double x, int n, int limit) {
  std::vector<double> factors;
  double p = 1;
  for (int i = 0; i < n; ++i) {
    if (i == limit)
      throw std::runtime_error("limit");
    factors.push_back(x + i);
    p *= factors.back();
  }
  return p;
}

int main() {
  double x = 1.5, want = DIFFERENCE(product(x, 4, 10), x);
  int caught = 0;
  for (int round = 0; round < 3; ++round) {
    try {
      __enzyme_autodiff<double>((void *)product, enzyme_out, x, enzyme_const, 20, enzyme_const, 12);
    } catch (const std::runtime_error &) {
      ++caught;
    }
    try {
      __enzyme_fwddiff<double>((void *)product, x, 1.0, enzyme_const, 20, enzyme_const, 12);
    } catch (const std::runtime_error &) {
      ++caught;
    }
    checkDifference("reverse afterwards",
                    __enzyme_autodiff<double>((void *)product, enzyme_out, x, enzyme_const, 4, enzyme_const, 10), want);
    checkDifference("forward afterwards",
                    __enzyme_fwddiff<double>((void *)product, x, 1.0, enzyme_const, 4, enzyme_const, 10), want);
  }
  checkExact("caught", caught, 6);
  return checkResult();
}
