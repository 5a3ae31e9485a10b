/* Matrix descent: the gradient of |A v|^2 with respect to a large dense matrix. Active: A. */
#include "problem.h"
#include <string.h>

struct Descent {
  int n;
  const double *v;
};

static double squaredProduct(int n, const double *matrix, const double *v) {
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    double product = 0;
    for (int j = 0; j < n; ++j)
      product += matrix[(size_t)i * n + j] * v[j];
    sum += product * product;
  }
  return sum;
}

static void primal(const struct Problem *p, double *y) {
  const struct Descent *s = p->data;
  y[0] = squaredProduct(s->n, p->x, s->v);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Descent *s = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)squaredProduct, enzyme_const, s->n, enzyme_dup, p->x, g, enzyme_const, s->v);
}
#endif

/* A dot product with four partial sums in flight: the primal's single sum waits for each addition. */
static double dot(int n, const double *a, const double *b) {
  pair sum[4] = {{0, 0}, {0, 0}, {0, 0}, {0, 0}};
  int j = 0;
  for (; j + 8 <= n; j += 8)
    for (int k = 0; k < 4; ++k)
      sum[k] += loadPair(a + j + 2 * k) * loadPair(b + j + 2 * k);
  double rest = 0;
  for (; j < n; ++j)
    rest += a[j] * b[j];
  return sumPair((sum[0] + sum[1]) + (sum[2] + sum[3])) + rest;
}

/* ABar_ij = 2 (A v)_i v_j. */
static void hand(const struct Problem *p, double *g) {
  const struct Descent *s = p->data;
  for (int i = 0; i < s->n; ++i) {
    double *restrict row = g + (size_t)i * s->n;
    double scale = 2 * dot(s->n, p->x + (size_t)i * s->n, s->v);
    for (int j = 0; j < s->n; ++j)
      row[j] = scale * s->v[j];
  }
}

static void setup(struct Problem *p, enum Size size) {
  struct Descent *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 11;
  s->n = size == SIZE_FULL ? 2000 : 33;
  double *v = reals(s->n);
  fill(&seed, v, s->n, -1, 1);
  s->v = v;
  p->inputs = p->entries = (size_t)s->n * s->n;
  p->outputs = 1;
  p->x = reals(p->inputs);
  fill(&seed, p->x, p->inputs, -1, 1);
}

BENCH_EXPORT struct Problem *bench_matdescent(void) {
  static struct Problem problems[] = {{.name = "matdescent",
                                       .title = "matrix descent",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand},
                                      {.name = NULL}};
  return problems;
}
