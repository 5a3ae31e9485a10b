// An array of structs that mix doubles, floats, integers and flags; only the floating-point fields have derivatives.
#include "check.h"

struct particle {
  int kind;
  double position[2];
  float charge;
  unsigned char frozen;
  double mass;
};

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double energy(const struct particle *p, int n) {
  double e = 0;
  for (int i = 0; i < n; ++i) {
    e += p[i].mass * p[i].position[1] * p[i].kind;
    for (int j = 0; j < i; ++j) {
      if (p[i].frozen && p[j].frozen)
        continue;
      double dx = p[i].position[0] - p[j].position[0], dy = p[i].position[1] - p[j].position[1];
      e += p[i].charge * p[j].charge / sqrt(dx * dx + dy * dy);
    }
  }
  return e;
}

int main(void) {
  enum { N = 3 };
  struct particle p[N] = {{1, {0.1, 0.2}, 1.5f, 1, 2.5}, {2, {1.3, -0.4}, -0.5f, 1, 1.25}, {3, {0.6, 0.9}, 2, 0, 3}};
  struct particle d[N] = {{0}};
  __enzyme_autodiff((void *)energy, enzyme_dup, p, d, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    for (int k = 0; k < 2; ++k) {
      struct particle t[N] = {{0}};
      t[i].position[k] = 1;
      double want = DIFFERENCE(energy(p, N), p[i].position[k]);
      checkDifference("position reverse", d[i].position[k], want);
      checkDifference("position forward", __enzyme_fwddiff((void *)energy, enzyme_dup, p, t, enzyme_const, N), want);
    }
    checkDifference("mass reverse", d[i].mass, DIFFERENCE(energy(p, N), p[i].mass));
    checkNear("charge reverse", d[i].charge, DIFFERENCE_STEP(energy(p, N), p[i].charge, 1.0 / 64), 1e-6);
    struct particle t[N] = {{0}};
    t[i].charge = 1;
    checkNear("charge forward", __enzyme_fwddiff((void *)energy, enzyme_dup, p, t, enzyme_const, N), d[i].charge, 1e-6);
  }
  return checkResult();
}
