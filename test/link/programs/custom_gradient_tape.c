// A registered gradient with pointers, an integer, a side effect and a tape that carries memory between the passes.
#include "check.h"
#include <stdlib.h>
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);

struct kept {
  double *x;
  double norm;
};
static int augmentedCalls, reverseCalls, alive;

// Normalises v in place and returns its old length.
__attribute__((noinline)) static double normalise(double *v, int n) {
  double s = 0;
  for (int i = 0; i < n; ++i)
    s += v[i] * v[i];
  s = sqrt(s);
  for (int i = 0; i < n; ++i)
    v[i] /= s;
  return s;
}

struct augmented {
  void *tape;
  double result;
};

static struct augmented augmentedNormalise(double *v, double *dv, int n) {
  (void)dv;
  struct kept *tape = (struct kept *)malloc(sizeof *tape);
  tape->norm = normalise(v, n);
  tape->x = (double *)malloc((size_t)n * sizeof(double));
  memcpy(tape->x, v, (size_t)n * sizeof(double));
  ++augmentedCalls, ++alive;
  return (struct augmented){tape, tape->norm};
}

static void reverseNormalise(double *v, double *dv, int n, double dresult, void *tape) {
  (void)v;
  struct kept *k = (struct kept *)tape;
  double along = 0;
  for (int i = 0; i < n; ++i)
    along += dv[i] * k->x[i];
  for (int i = 0; i < n; ++i)
    dv[i] = (dv[i] - along * k->x[i]) / k->norm + dresult * k->x[i];
  ++reverseCalls, --alive;
  free(k->x), free(k);
}

void *__enzyme_register_gradient_normalise[] = {(void *)normalise, (void *)augmentedNormalise,
                                                (void *)reverseNormalise};

static double twice(const double *x, int n) {
  double v[4], s = 0;
  memcpy(v, x, (size_t)n * sizeof *x);
  double first = normalise(v, n);
  for (int i = 0; i < n; ++i)
    v[i] *= first * (i + 1);
  double second = normalise(v, n);
  for (int i = 0; i < n; ++i)
    s += v[i] * v[(i + 1) % n];
  return s + first * second;
}

int main(void) {
  enum { N = 4 };
  double x[N] = {0.5, -1.2, 0.8, 2}, dx[N] = {0}, want[N];
  for (int i = 0; i < N; ++i)
    want[i] = DIFFERENCE(twice(x, N), x[i]);
  __enzyme_autodiff((void *)twice, enzyme_dup, x, dx, enzyme_const, N);
  checkArrayDifference("reverse", dx, want, N);
  checkExact("augmented calls", augmentedCalls, 2);
  checkExact("reverse calls", reverseCalls, 2);
  checkExact("tapes freed", alive, 0);
  return checkResult();
}
