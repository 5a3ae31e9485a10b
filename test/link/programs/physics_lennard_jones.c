// Lennard-Jones energy and forces with a cutoff in a periodic box: the hand-written force is minus the gradient.
#include "check.h"

extern int enzyme_dup, enzyme_dupnoneed, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { N = 8 };

static double energy(const double *x, double *force, int n, double box) {
  double e = 0;
  for (int i = 0; i < 3 * n; ++i)
    force[i] = 0;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < i; ++j) {
      double d[3], r2 = 0;
      for (int k = 0; k < 3; ++k) {
        d[k] = x[3 * i + k] - x[3 * j + k];
        d[k] -= box * rint(d[k] / box);
        r2 += d[k] * d[k];
      }
      if (r2 > 6.25)
        continue;
      double s6 = 1 / (r2 * r2 * r2);
      e += 4 * s6 * (s6 - 1);
      for (int k = 0; k < 3; ++k) {
        double f = 24 * s6 * (2 * s6 - 1) / r2 * d[k];
        force[3 * i + k] += f;
        force[3 * j + k] -= f;
      }
    }
  return e;
}

int main(void) {
  double x[3 * N], dx[3 * N] = {0}, force[3 * N], dforce[3 * N] = {0}, want[3 * N], forward[3 * N];
  for (int i = 0; i < N; ++i)
    for (int k = 0; k < 3; ++k)
      x[3 * i + k] = 1.6 * (i >> k & 1) + 0.2 * sin(3.0 * i + k) - 0.5;
  __enzyme_autodiff((void *)energy, enzyme_dup, x, dx, enzyme_dupnoneed, force, dforce, enzyme_const, N, enzyme_const,
                    4.1);
  energy(x, force, N, 4.1);
  for (int i = 0; i < 3 * N; ++i) {
    double e[3 * N] = {0}, tforce[3 * N], scratch[3 * N];
    e[i] = 1;
    want[i] = -force[i];
    forward[i] = __enzyme_fwddiff((void *)energy, enzyme_dup, x, e, enzyme_dup, scratch, tforce, enzyme_const, N,
                                  enzyme_const, 4.1);
  }
  checkArrayExact("reverse", dx, want, 3 * N);
  checkArrayExact("forward", forward, want, 3 * N);
  return checkResult();
}
