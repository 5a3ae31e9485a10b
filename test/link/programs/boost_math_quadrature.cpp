// Boost.Math: Gauss and Gauss-Kronrod quadrature of a lambda with active captures, polynomials, Newton's method.
#include "check.h"
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <boost/math/tools/polynomial.hpp>
#include <boost/math/tools/roots.hpp>
#include <utility>

extern int enzyme_dup;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double integral(const double *p) {
  auto f = [p](double x) { return exp(-p[0] * x * x) * cos(p[1] * x); };
  double a = boost::math::quadrature::gauss<double, 15>::integrate(f, 0.0, p[2]);
  double error;
  double b = boost::math::quadrature::gauss_kronrod<double, 31>::integrate(f, p[0], p[2] + p[1], 5, 1e-10, &error);
  return a * b;
}

static double polynomial(const double *p) {
  boost::math::tools::polynomial<double> a{p[0], p[1], 1.0}, b{p[2], -1.0};
  auto c = a * b * a + b;
  return c.evaluate(p[1]) * c[2];
}

static double root(const double *p) {
  auto f = [p](double x) { return std::make_pair(x * x * x + p[0] * x - p[2] * 5, 3 * x * x + p[0]); };
  return boost::math::tools::newton_raphson_iterate(f, 1.0, 0.0, 10.0, 50);
}

template <double (*f)(const double *)> static void check(const char *name) {
  double p[3] = {0.8, 1.3, 1.9}, dp[3] = {}, want[3], forward[3];
  __enzyme_autodiff<void>((void *)f, enzyme_dup, p, dp);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(p), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, p, e);
  }
  checkArrayDifference(name, dp, want, 3);
  checkArrayDifference(name, forward, want, 3);
}

int main() {
  check<integral>("integral");
  check<polynomial>("polynomial");
  check<root>("root");
  return checkResult();
}
