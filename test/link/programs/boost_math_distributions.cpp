// Boost.Math: a normal distribution, a Legendre polynomial, a Bessel function, Gauss quadrature. The error function
// computes in long double and splits its argument with frexp.
#include "check.h"
#include <boost/math/distributions/normal.hpp>
#include <boost/math/quadrature/gauss.hpp>
#include <boost/math/special_functions/bessel.hpp>
#include <boost/math/special_functions/legendre.hpp>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

static double f(const double *x, int) {
  boost::math::normal distribution(x[0], x[1]);
  double sum = pdf(distribution, x[2]) + cdf(distribution, x[2]) + quantile(distribution, 0.3);
  sum += boost::math::legendre_p(3, x[3] * 0.3) + boost::math::cyl_bessel_j(1, x[3]);
  auto damped = [&](double t) { return std::exp(-t * x[0]) * std::sin(t * x[1]); };
  return sum + boost::math::quadrature::gauss<double, 15>::integrate(damped, 0.0, 2.0);
}

int main() {
  enum { N = 4 };
  double x[N] = {0.5, 1.3, 2, 0.7}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, (int)N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(x, N), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, e, enzyme_const, (int)N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
