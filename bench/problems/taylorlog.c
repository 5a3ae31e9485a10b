/* A Taylor series summed term by term: -log(1 - x) = sum_{i >= 1} x^i / i. Active: x, a single number. */
#include "problem.h"
#include <math.h>

static double series(const double *x, int terms) {
  double sum = 0;
  for (int i = 1; i <= terms; ++i)
    sum += pow(*x, i) / i;
  return sum;
}

static int termsOf(const struct Problem *p) { return *(const int *)p->data; }

static void primal(const struct Problem *p, double *y) { y[0] = series(p->x, termsOf(p)); }

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  g[0] = 0;
  __enzyme_autodiff((void *)series, enzyme_dup, p->x, g, enzyme_const, termsOf(p));
}
#endif

/* Term by term, as the primal: (x^i / i)' = x^{i-1}. */
static void hand(const struct Problem *p, double *g) {
  double sum = 0;
  for (int i = 1, terms = termsOf(p); i <= terms; ++i)
    sum += pow(*p->x, i - 1);
  g[0] = sum;
}

/* x is close enough to 1 for no term to underflow. */
static void setup(struct Problem *p, enum Size size) {
  int *terms = p->data = allocate(1, sizeof *terms);
  *terms = size == SIZE_FULL ? 1200000 : 200;
  p->inputs = p->outputs = p->entries = 1;
  p->x = reals(1);
  p->x[0] = size == SIZE_FULL ? 0.9999 : 0.9;
}

BENCH_EXPORT struct Problem *bench_taylorlog(void) {
  static struct Problem problems[] = {{.name = "taylorlog",
                                       .title = "Taylor series of log",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand},
                                      {.name = NULL}};
  return problems;
}
