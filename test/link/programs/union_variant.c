// A tagged union: the same bytes hold a double, two floats, an integer or a pointer to an active value.
#include "check.h"

struct value {
  enum { REAL, PAIR, INTEGER, REFERENCE } tag;
  union {
    double real;
    float pair[2];
    long integer;
    const double *reference;
  } u;
};

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double read(const struct value *v) {
  switch (v->tag) {
  case REAL:
    return v->u.real;
  case PAIR:
    return v->u.pair[0] * v->u.pair[1];
  case INTEGER:
    return (double)v->u.integer;
  case REFERENCE:
    return *v->u.reference * 3;
  }
  return 0;
}

static double mix(const double *x, int n) {
  struct value v[4];
  double s = 0;
  for (int i = 0; i < n; ++i) {
    struct value *slot = &v[i % 4];
    switch (i % 5) {
    case 0:
    case 3:
      slot->tag = REAL, slot->u.real = x[i] * x[i];
      break;
    case 1:
      slot->tag = PAIR, slot->u.pair[0] = (float)x[i], slot->u.pair[1] = 0.5f;
      break;
    case 2:
      slot->tag = INTEGER, slot->u.integer = (long)(10 * x[i]);
      break;
    default:
      slot->tag = REFERENCE, slot->u.reference = &x[i];
    }
    struct value copy = *slot;
    s = s * 0.8 + read(&copy) * (i + 1) + read(&v[(i / 2) % 4]);
  }
  return s;
}

int main(void) {
  enum { N = 10 };
  double x[N] = {0.5, 1.25, 2.53, -0.75, 1.5, 0.25, -1.75, 0.77, 2.5, 1}, dx[N] = {0}, want[N], forward[N];
  __enzyme_autodiff((void *)mix, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE_STEP(mix(x, N), x[i], 1.0 / 1024);
    forward[i] = __enzyme_fwddiff((void *)mix, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
