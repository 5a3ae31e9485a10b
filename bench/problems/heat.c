/* The heat equation in two dimensions with a material that varies, 200 explicit steps.
 *
 *   u_t = c(x, y) Lap u,   u fixed on the boundary:   u' = u + c Lap u   at the inner points,
 *
 * where c is the conductivity times step over the squared mesh width. Then L = |u - o|^2 / 2 compares the
 * last state with an observation. Active: the initial state and c, as for finding out what a plate is
 * made of. Two buffers take turns.
 */
#include "problem.h"
#include <string.h>

struct Heat {
  int n, steps;
  const double *observed;
  double *trajectory, *work;
};

static void heatStep(int n, const double *restrict c, const double *restrict u, double *restrict next) {
  for (int i = 1; i < n - 1; ++i)
    for (int j = 1; j < n - 1; ++j) {
      int k = i * n + j;
      next[k] = u[k] + c[k] * (u[k - n] + u[k + n] + u[k - 1] + u[k + 1] - 4 * u[k]);
    }
}

static double simulate(int n, int steps, const double *initial, const double *c, const double *observed) {
  double *u = malloc(sizeof(double) * n * n), *next = malloc(sizeof(double) * n * n);
  memcpy(u, initial, sizeof(double) * n * n);
  memcpy(next, initial, sizeof(double) * n * n);
  for (int t = 0; t < steps; ++t) {
    heatStep(n, c, u, next);
    double *swapped = u;
    u = next;
    next = swapped;
  }
  double loss = 0;
  for (int i = 0; i < n * n; ++i)
    loss += 0.5 * (u[i] - observed[i]) * (u[i] - observed[i]);
  free(next);
  free(u);
  return loss;
}

/* Inputs: the initial state, then c. */
static void primal(const struct Problem *p, double *y) {
  const struct Heat *s = p->data;
  y[0] = simulate(s->n, s->steps, p->x, p->x + s->n * s->n, s->observed);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Heat *s = p->data;
  int cells = s->n * s->n;
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)simulate, enzyme_const, s->n, enzyme_const, s->steps, enzyme_dup, p->x, g, enzyme_dup,
                    p->x + cells, g + cells, enzyme_const, s->observed);
}
#endif

/* Adjoint of one step at the inner points, for the adjoint b of the new state:
 *   w = c b     cBar += b Lap u     b <- b + Lap w     (Lap is symmetric, w vanishes on the boundary)
 * A boundary point is copied by the step and enters its inner neighbour's Laplacian: b <- b + w there.
 * Row i of b may be replaced as soon as w is known one row ahead. */
static void stepAdjoint(int n, const double *restrict c, const double *restrict u, double *restrict b,
                        double *restrict cBar, double *restrict w) {
  for (int i = 1; i < n - 1; ++i)
    for (int j = 1; j < n - 1; ++j) {
      int k = i * n + j;
      w[k] = c[k] * b[k];
      cBar[k] += b[k] * (u[k - n] + u[k + n] + u[k - 1] + u[k + 1] - 4 * u[k]);
    }
  for (int i = 1; i < n - 1; ++i) {
    b[i] += w[n + i];
    b[i * n] += w[i * n + 1];
    for (int j = 1; j < n - 1; ++j) {
      int k = i * n + j;
      b[k] += w[k - n] + w[k + n] + w[k - 1] + w[k + 1] - 4 * w[k];
    }
    b[i * n + n - 1] += w[i * n + n - 2];
    b[(n - 1) * n + i] += w[(n - 2) * n + i];
  }
}

static void hand(const struct Problem *p, double *g) {
  const struct Heat *s = p->data;
  int n = s->n, cells = n * n;
  const double *c = p->x + cells;
  memcpy(s->trajectory, p->x, sizeof(double) * cells);
  for (int t = 0; t < s->steps; ++t) {
    double *u = s->trajectory + (size_t)cells * t, *next = u + cells;
    heatStep(n, c, u, next);
    for (int i = 0; i < n; ++i) {
      next[i] = u[i];
      next[i * n] = u[i * n];
      next[i * n + n - 1] = u[i * n + n - 1];
      next[(n - 1) * n + i] = u[(n - 1) * n + i];
    }
  }
  const double *final = s->trajectory + (size_t)cells * s->steps;
  for (int k = 0; k < cells; ++k)
    g[k] = final[k] - s->observed[k];
  memset(g + cells, 0, sizeof(double) * cells);
  memset(s->work, 0, sizeof(double) * cells);
  for (int t = s->steps - 1; t >= 0; --t)
    stepAdjoint(n, c, s->trajectory + (size_t)cells * t, g, g + cells, s->work);
}

static void setup(struct Problem *p, enum Size size) {
  struct Heat *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 7;
  s->n = size == SIZE_FULL ? 96 : 8;
  s->steps = size == SIZE_FULL ? 200 : 7;
  int cells = s->n * s->n;
  double *observed = reals(cells);
  fill(&seed, observed, cells, 0, 1);
  s->observed = observed;
  s->trajectory = reals((size_t)cells * (s->steps + 1));
  s->work = reals(cells);
  p->inputs = p->entries = 2 * (size_t)cells;
  p->outputs = 1;
  p->x = reals(p->inputs);
  fill(&seed, p->x, cells, 0, 1);
  fill(&seed, p->x + cells, cells, 0.05, 0.2);
}

BENCH_EXPORT struct Problem *bench_heat(void) {
  static struct Problem problems[] = {{.name = "heat",
                                       .title = "heat equation 2-D, 200 steps",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand},
                                      {.name = NULL}};
  return problems;
}
