// Numbers in an array and a pointer behind it, in a struct that the caller has a shadow of: the adjoints there, of what
// the struct holds when the function returns, count, whichever member a loop steps through.
#include "check.h"
#include <stdlib.h>

extern int enzyme_dup, enzyme_const, enzyme_out;
extern double __enzyme_autodiff(void *, ...);

struct cell {
  double mass[3];
  double *field;
  float charge[2];
  const int *steps;
};

static double advance(struct cell *c) {
  for (int j = 0; j < 3; ++j)
    c->mass[j] *= c->mass[j];
  for (int j = 0; j < 2; ++j)
    c->charge[j] += 2 * c->charge[j];
  double sum = 0;
  for (int k = 0; k < *c->steps; ++k)
    sum += c->field[k] * c->mass[2 - k] + c->charge[k % 2];
  return sum;
}

static double shift(double a, struct cell *c) {
  for (int j = 0; j < 3; ++j)
    c->mass[j] -= a * (j + 1);
  return *c->steps > 1 ? c->field[0] * a : 0;
}

/// The adjoints before the call, times the values after it, and the result: what is differentiated.
static double weighted(struct cell c, const double *field, const double *mass, const float *charge, double *own) {
  double result = 0;
  c.field = own;
  for (int k = 0; k < 3; ++k)
    own[k] = field[k], c.mass[k] = mass[k];
  for (int k = 0; k < 2; ++k)
    c.charge[k] = charge[k];
  result = advance(&c);
  for (int k = 0; k < 3; ++k)
    result += (k + 0.5) * c.mass[k] + 7 * own[k];
  return result + 0.25 * c.charge[0] - 0.75 * c.charge[1];
}

int main(void) {
  const int steps = 3;
  double field[3] = {2, 3, 0.5}, mass[3] = {4, 5, -1.5}, own[3], dfield[3] = {7, 7, 7};
  float charge[2] = {1.25f, -0.5f};
  struct cell pattern = {.steps = &steps};
  struct cell *c = malloc(sizeof *c), *d = malloc(sizeof *d);
  *c = (struct cell){{4, 5, -1.5}, own, {1.25f, -0.5f}, &steps};
  *d = (struct cell){{0.5, 1.5, 2.5}, dfield, {0.25f, -0.75f}, &steps};
  double want[6];
  for (int k = 0; k < 3; ++k) {
    want[k] = DIFFERENCE(weighted(pattern, field, mass, charge, own), mass[k]);
    want[3 + k] = DIFFERENCE(weighted(pattern, field, mass, charge, own), field[k]);
  }
  // Linear in the charges; in single precision differences are too coarse.
  double wantCharge[2];
  for (int k = 0; k < 2; ++k) {
    float kept = charge[k];
    charge[k] = kept + 1;
    wantCharge[k] = weighted(pattern, field, mass, charge, own);
    charge[k] = kept;
    wantCharge[k] -= weighted(pattern, field, mass, charge, own);
  }
  for (int k = 0; k < 3; ++k)
    own[k] = field[k];
  __enzyme_autodiff((void *)advance, enzyme_dup, c, d);
  checkArrayDifference("mass", d->mass, want, 3);
  checkArrayDifference("field", dfield, want + 3, 3);
  for (int k = 0; k < 2; ++k)
    checkNear("charge", d->charge[k], wantCharge[k], 1e-5);

  *d = (struct cell){{1, 1, 1}, dfield, {0, 0}, &steps};
  double before = dfield[0], a = 0.1;
  double slope = __enzyme_autodiff((void *)shift, enzyme_out, a, enzyme_dup, c, d);
  checkExact("slope", slope, -1 - 2 - 3 + c->field[0]);
  checkExact("shifted", d->mass[0] + d->mass[1] + d->mass[2], 3);
  checkExact("added", dfield[0], before + a);
  free(c);
  free(d);
  return checkResult();
}
