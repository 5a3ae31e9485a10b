// Exceptions that carry numbers nobody reads: handlers look at a count, at the message, at nothing. The numbers
// depend on active ones, and are lost on purpose.
#include "check.h"
#include <stdexcept>
#include <string>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct NoConvergence : std::runtime_error {
  double residual;
  int steps;
  NoConvergence(double residual, int steps) : std::runtime_error("no convergence"), residual(residual), steps(steps) {}
};

static double root(double a, int steps) {
  double y = 1;
  for (int i = 0; i < steps; ++i)
    y = 0.5 * (y + a / y);
  if (std::fabs(y * y - a) > 1e-3)
    throw NoConvergence(y * y - a, steps);
  return y;
}

static double f(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    try {
      sum += root(x[i], i);
    } catch (const NoConvergence &failure) {
      sum += x[i] * failure.steps;
    } catch (...) {
      sum -= 1;
    }
  }
  try {
    root(x[0], 1);
  } catch (const std::exception &failure) {
    sum += std::string(failure.what()).size() * x[1];
  }
  try {
    std::vector<double> none;
    none.at(5) = x[1];
  } catch (std::out_of_range &) {
    sum *= x[2];
  }
  return sum;
}

int main() {
  double x[5] = {0.5, 1.3, 2, 0.7, 0.6}, dx[5] = {}, want[5], forward[5];
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, 5);
  for (int i = 0; i < 5; ++i) {
    double e[5] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(x, 5), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, e, enzyme_const, 5);
  }
  checkArrayDifference("reverse", dx, want, 5);
  checkArrayDifference("forward", forward, want, 5);
  return checkResult();
}
