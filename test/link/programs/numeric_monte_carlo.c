// Monte Carlo with an integer random generator inside f: the pathwise derivative of a knock-out option.
#include "check.h"
#include <stdint.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double uniform(uint64_t *state) {
  *state ^= *state << 13;
  *state ^= *state >> 7;
  *state ^= *state << 17;
  return (double)(*state >> 11) * 0x1p-53;
}

static double normal(uint64_t *state) {
  double u = uniform(state), v = uniform(state);
  return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

// market: spot, rate, volatility
static double price(const double *market, double strike, int paths, int steps) {
  uint64_t state = 88172645463325252u;
  double sum = 0, dt = 1.0 / steps;
  for (int p = 0; p < paths; ++p) {
    double s = market[0];
    int alive = 1;
    for (int i = 0; i < steps && alive; ++i) {
      s *= exp((market[1] - market[2] * market[2] / 2) * dt + market[2] * sqrt(dt) * normal(&state));
      alive = s > 60;
    }
    if (alive && s > strike)
      sum += (s - strike) * exp(-market[1]);
  }
  return sum / paths;
}

int main(void) {
  double m[3] = {100, 0.03, 0.25}, dm[3] = {0}, want[3], forward[3];
  __enzyme_autodiff((void *)price, enzyme_dup, m, dm, enzyme_const, 95.0, enzyme_const, 200, enzyme_const, 12);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {i == 0, i == 1, i == 2};
    want[i] = DIFFERENCE_STEP(price(m, 95, 200, 12), m[i], i ? 1e-6 : 1e-4);
    forward[i] =
        __enzyme_fwddiff((void *)price, enzyme_dup, m, e, enzyme_const, 95.0, enzyme_const, 200, enzyme_const, 12);
  }
  checkArrayDifference("reverse", dm, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
