// A state machine in a loop: the next state depends on active data, some states return.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum state { IDLE = 1, HEAT = 20, COOL = 300, HOLD = 4000 };

double thermostat(const double *p, int steps) {
  enum state state = IDLE;
  double t = p[0], cost = 0;
  for (int i = 0; i < steps; ++i) {
    switch (state) {
    case IDLE:
      t -= p[1] * t;
      state = t < 1 ? HEAT : IDLE;
      break;
    case HEAT:
      t += p[2];
      cost += p[2] * p[2];
      state = t > 2 ? COOL : HEAT;
      break;
    case COOL:
      t *= 1 - p[1] / 2;
      state = i % 5 == 0 ? HOLD : IDLE;
      break;
    case HOLD:
      cost += t * p[1];
      if (cost > 30)
        return cost * t;
      state = IDLE;
      break;
    }
  }
  return cost + t;
}

int main(void) {
  double p[3] = {1.5, 0.13, 0.42}, dp[3] = {0}, want[3], forward[3];
  __enzyme_autodiff((void *)thermostat, enzyme_dup, p, dp, enzyme_const, 120);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {i == 0, i == 1, i == 2};
    want[i] = DIFFERENCE_STEP(thermostat(p, 120), p[i], 1e-4);
    forward[i] = __enzyme_fwddiff((void *)thermostat, enzyme_dup, p, e, enzyme_const, 120);
  }
  checkArrayDifference("reverse", dp, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
