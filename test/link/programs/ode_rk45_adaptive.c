// Adaptive Runge-Kutta-Fehlberg on the Van der Pol oscillator: rejected steps, step sizes computed from active values.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static void rate(const double *y, double mu, double *dy) {
  dy[0] = y[1];
  dy[1] = mu * (1 - y[0] * y[0]) * y[1] - y[0];
}

static const double A[6][5] = {{0},
                               {1.0 / 4},
                               {3.0 / 32, 9.0 / 32},
                               {1932.0 / 2197, -7200.0 / 2197, 7296.0 / 2197},
                               {439.0 / 216, -8, 3680.0 / 513, -845.0 / 4104},
                               {-8.0 / 27, 2, -3544.0 / 2565, 1859.0 / 4104, -11.0 / 40}};
static const double B5[6] = {16.0 / 135, 0, 6656.0 / 12825, 28561.0 / 56430, -9.0 / 50, 2.0 / 55};
static const double B4[6] = {25.0 / 216, 0, 1408.0 / 2565, 2197.0 / 4104, -1.0 / 5, 0};

static double oscillate(const double *p, double end) {
  double y[2] = {p[1], p[2]}, t = 0, h = 0.3;
  int rejected = 0;
  while (t < end) {
    double k[6][2], error = 0, next[2];
    if (t + h > end)
      h = end - t;
    for (int s = 0; s < 6; ++s) {
      double z[2] = {y[0], y[1]};
      for (int j = 0; j < s; ++j)
        for (int i = 0; i < 2; ++i)
          z[i] += h * A[s][j] * k[j][i];
      rate(z, p[0], k[s]);
    }
    for (int i = 0; i < 2; ++i) {
      double low = 0;
      next[i] = y[i];
      for (int s = 0; s < 6; ++s)
        next[i] += h * B5[s] * k[s][i], low += h * (B5[s] - B4[s]) * k[s][i];
      error += low * low;
    }
    error = sqrt(error);
    if (error < 1e-6) {
      t += h;
      y[0] = next[0], y[1] = next[1];
    } else
      ++rejected;
    h *= fmin(4, fmax(0.1, 0.9 * pow(1e-6 / error, 0.2)));
  }
  return y[0] + 2 * y[1] + 0.001 * rejected;
}

int main(void) {
  double p[3] = {1.6, 1.2, -0.3}, dp[3] = {0}, want[3], forward[3];
  __enzyme_autodiff((void *)oscillate, enzyme_dup, p, dp, enzyme_const, 5.0);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {i == 0, i == 1, i == 2};
    want[i] = DIFFERENCE_STEP(oscillate(p, 5), p[i], 1e-5);
    forward[i] = __enzyme_fwddiff((void *)oscillate, enzyme_dup, p, e, enzyme_const, 5.0);
  }
  checkArray("reverse", dp, want, 3, 1e-5);
  checkArray("forward", forward, want, 3, 1e-5);
  return checkResult();
}
