// Compiled with -g: debug records must not disturb the differentiation, and vanish cleanly from clones.
// compile-flags: -g
#include "check.h"

struct oscillator {
  double stiffness, damping;
  struct {
    double x, v;
  } state;
};

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static void step(struct oscillator *o, double dt) {
  double a = -o->stiffness * o->state.x - o->damping * o->state.v;
  o->state.v += dt * a;
  o->state.x += dt * o->state.v;
}

static double swing(const struct oscillator *given, int steps) {
  struct oscillator o = *given;
  double path = 0;
  for (int i = 0; i < steps; ++i) {
    double before = o.state.x;
    step(&o, 0.05);
    double moved = o.state.x - before;
    path += moved * moved;
  }
  return path;
}

int main(void) {
  struct oscillator o = {2.5, 0.3, {1, -0.4}}, d = {0, 0, {0, 0}};
  double *value = &o.stiffness, *reverse = &d.stiffness;
  __enzyme_autodiff((void *)swing, enzyme_dup, &o, &d, enzyme_const, 30);
  for (int i = 0; i < 4; ++i) {
    struct oscillator t = {0, 0, {0, 0}};
    (&t.stiffness)[i] = 1;
    double want = DIFFERENCE(swing(&o, 30), value[i]);
    checkDifference("reverse", reverse[i], want);
    checkDifference("forward", __enzyme_fwddiff((void *)swing, enzyme_dup, &o, &t, enzyme_const, 30), want);
  }
  return checkResult();
}
