// Static data members, an inline variable and a function-local static object hold active and constant state.
#include "check.h"
#include <vector>

extern int enzyme_out, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Simulation {
  static double clock;
  static int steps;
  static constexpr double dt = 0.125;
  inline static double scale = 1;
  double value;
  void advance() {
    clock += dt * scale;
    ++steps;
    value = value * cos(clock) + scale;
  }
};
double Simulation::clock;
int Simulation::steps;

static const std::vector<double> &weights() {
  static const std::vector<double> table{0.5, 1.5, -0.25};
  return table;
}

static double run(double x, int n) {
  Simulation::clock = x * x;
  Simulation::steps = 0;
  Simulation::scale = 1 + 0.5 * x;
  Simulation a{x}, b{2};
  for (int i = 0; i < n; ++i) {
    (i % 2 ? a : b).advance();
    a.value += weights()[i % 3] * b.value;
  }
  return a.value * Simulation::clock + Simulation::steps * x;
}

int main() {
  for (int n = 0; n < 9; n += 4) {
    double x = 0.65, want = DIFFERENCE(run(x, n), x);
    checkDifference("reverse", __enzyme_autodiff<double>((void *)run, enzyme_out, x, enzyme_const, n), want);
    checkDifference("forward", __enzyme_fwddiff<double>((void *)run, x, 1.0, enzyme_const, n), want);
  }
  return checkResult();
}
