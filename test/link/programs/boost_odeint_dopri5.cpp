// Boost.odeint, adaptive: the Lorenz system with a controlled Dormand-Prince stepper.
#include "check.h"
#include <array>
#include <boost/numeric/odeint/integrate/integrate_adaptive.hpp>
#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/generation/generation_runge_kutta_dopri5.hpp>
#include <boost/numeric/odeint/stepper/generation/make_controlled.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

namespace odeint = boost::numeric::odeint;
using State = std::array<double, 3>;

static double lorenz(const double *p, double end) {
  State y{p[3], 1, 2};
  auto rate = [p](const State &y, State &dy, double) {
    dy[0] = p[0] * (y[1] - y[0]);
    dy[1] = y[0] * (p[1] - y[2]) - y[1];
    dy[2] = y[0] * y[1] - p[2] * y[2];
  };
  odeint::integrate_adaptive(odeint::make_controlled<odeint::runge_kutta_dopri5<State>>(1e-9, 1e-9), rate, y, 0.0, end,
                             0.01);
  return y[0] + 0.5 * y[1] * y[2];
}

int main() {
  double p[4] = {10, 28, 8.0 / 3, 1}, dp[4] = {}, want[4], forward[4];
  __enzyme_autodiff<void>((void *)lorenz, enzyme_dup, p, dp, enzyme_const, 0.7);
  for (int i = 0; i < 4; ++i) {
    double e[4] = {};
    e[i] = 1;
    want[i] = DIFFERENCE_STEP(lorenz(p, 0.7), p[i], 1e-5);
    forward[i] = __enzyme_fwddiff<double>((void *)lorenz, enzyme_dup, p, e, enzyme_const, 0.7);
  }
  checkArray("reverse", dp, want, 4, 1e-5);
  checkArray("forward", forward, want, 4, 1e-5);
  return checkResult();
}
