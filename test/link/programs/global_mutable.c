// f stores active values in mutable globals and reads them back in other functions: common blocks in C.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double state[4];
static struct {
  double gain;
  int updates;
} controller;
static double *cursor;

__attribute__((noinline)) static void reset(const double *x) {
  for (int i = 0; i < 4; ++i)
    state[i] = x[i % 2] * (i + 1);
  controller.gain = x[0];
  controller.updates = 0;
  cursor = state;
}

__attribute__((noinline)) static void step(void) {
  *cursor = sin(*cursor) * controller.gain + state[3];
  controller.gain *= 0.9 + 0.1 * state[1];
  controller.updates++;
  cursor = cursor == state + 3 ? state : cursor + 1;
}

static double simulate(const double *x, int steps) {
  reset(x);
  for (int i = 0; i < steps; ++i)
    step();
  return state[0] * state[1] + state[2] - state[3] * controller.gain * controller.updates;
}

int main(void) {
  double x[2] = {0.8, -0.45}, dx[2] = {0}, want[2], forward[2];
  __enzyme_autodiff((void *)simulate, enzyme_dup, x, dx, enzyme_const, 11);
  double again[2] = {0};
  __enzyme_autodiff((void *)simulate, enzyme_dup, x, again, enzyme_const, 11);
  for (int i = 0; i < 2; ++i) {
    double e[2] = {i == 0, i == 1};
    want[i] = DIFFERENCE(simulate(x, 11), x[i]);
    forward[i] = __enzyme_fwddiff((void *)simulate, enzyme_dup, x, e, enzyme_const, 11);
  }
  checkArrayDifference("reverse", dx, want, 2);
  checkArrayDifference("reverse, second call", again, want, 2);
  checkArrayDifference("forward", forward, want, 2);
  return checkResult();
}
