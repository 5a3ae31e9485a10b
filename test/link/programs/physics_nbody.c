// Five bodies under gravity, leapfrog steps on an array of structs; gradient of the final energy drift and position.
#include "check.h"

struct body {
  double r[3], v[3], mass;
};

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { N = 5 };

static void kick(struct body *b, double dt) {
  for (int i = 0; i < N; ++i)
    for (int j = i + 1; j < N; ++j) {
      double d[3], r2 = 0.01;
      for (int k = 0; k < 3; ++k)
        d[k] = b[i].r[k] - b[j].r[k], r2 += d[k] * d[k];
      double scale = dt / (r2 * sqrt(r2));
      for (int k = 0; k < 3; ++k) {
        b[i].v[k] -= d[k] * b[j].mass * scale;
        b[j].v[k] += d[k] * b[i].mass * scale;
      }
    }
}

static double simulate(const struct body *start, int steps) {
  struct body b[N];
  for (int i = 0; i < N; ++i)
    b[i] = start[i];
  for (int s = 0; s < steps; ++s) {
    kick(b, 0.02);
    for (int i = 0; i < N; ++i)
      for (int k = 0; k < 3; ++k)
        b[i].r[k] += 0.02 * b[i].v[k];
  }
  double e = 0;
  for (int i = 0; i < N; ++i)
    for (int k = 0; k < 3; ++k)
      e += b[i].mass * b[i].v[k] * b[i].v[k] + b[i].r[k] * (k + 1);
  return e;
}

int main(void) {
  struct body b[N], d[N] = {{{0}, {0}, 0}};
  for (int i = 0; i < N; ++i) {
    for (int k = 0; k < 3; ++k)
      b[i].r[k] = 2 * cos(i * 1.3 + k * 2.1), b[i].v[k] = 0.3 * sin(i + 0.9 * k);
    b[i].mass = 0.5 + 0.2 * i;
  }
  double want[7 * N], reverse[7 * N], forward[7 * N];
  __enzyme_autodiff((void *)simulate, enzyme_dup, b, d, enzyme_const, 40);
  for (int i = 0; i < 7 * N; ++i) {
    struct body t[N] = {{{0}, {0}, 0}};
    ((double *)t)[i] = 1;
    want[i] = DIFFERENCE(simulate(b, 40), ((double *)b)[i]);
    reverse[i] = ((double *)d)[i];
    forward[i] = __enzyme_fwddiff((void *)simulate, enzyme_dup, b, t, enzyme_const, 40);
  }
  checkArrayDifference("reverse", reverse, want, 7 * N);
  checkArrayDifference("forward", forward, want, 7 * N);
  return checkResult();
}
