// Boost.odeint, constant steps: a damped pendulum with runge_kutta4 on std::array, and Euler on std::vector.
#include "check.h"
#include <array>
#include <boost/numeric/odeint/integrate/integrate_const.hpp>
#include <boost/numeric/odeint/stepper/euler.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta4.hpp>
#include <vector>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

namespace odeint = boost::numeric::odeint;

template <typename State, template <typename...> class Stepper> static double pendulum(const double *p, double end) {
  State y{p[0], p[1]};
  auto rate = [p](const State &y, State &dy, double t) {
    dy[0] = y[1];
    dy[1] = -p[2] * sin(y[0]) - p[3] * y[1] + 0.1 * t;
  };
  odeint::integrate_const(Stepper<State>(), rate, y, 0.0, end, 0.05);
  return y[0] * y[0] + 2 * y[1];
}

template <double (*f)(const double *, double)> static void check() {
  double p[4] = {0.9, -0.2, 1.7, 0.3}, dp[4] = {}, want[4], forward[4];
  __enzyme_autodiff<void>((void *)f, enzyme_dup, p, dp, enzyme_const, 2.01);
  for (int i = 0; i < 4; ++i) {
    double e[4] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(p, 2.01), p[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, p, e, enzyme_const, 2.01);
  }
  checkArrayDifference("reverse", dp, want, 4);
  checkArrayDifference("forward", forward, want, 4);
}

int main() {
  check<pendulum<std::array<double, 2>, odeint::runge_kutta4>>();
  check<pendulum<std::vector<double>, odeint::euler>>();
  return checkResult();
}
