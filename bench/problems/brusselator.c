/* The vector-Jacobian product of the Brusselator's right-hand side: one small stencil, as an implicit
 * or adjoint time stepper asks for it thousands of times. Active: the state and both parameters. */
#include "brusselator.h"
#include <string.h>

struct Vjp {
  struct Grid grid;
  int unknowns;
  double *out, *outBar;
};

static void primal(const struct Problem *p, double *y) {
  const struct Vjp *s = p->data;
  brusselator(&s->grid, p->x + s->unknowns, p->x, y);
}

#ifndef NO_LINKGRAD
/* The adjoint of the output is consumed, so it is a copy of the seed. */
static void gradient(const struct Problem *p, double *g) {
  const struct Vjp *s = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  memcpy(s->outBar, p->seed, sizeof(double) * s->unknowns);
  __enzyme_autodiff((void *)brusselator, enzyme_const, &s->grid, enzyme_dup, p->x + s->unknowns, g + s->unknowns,
                    enzyme_dup, p->x, g, enzyme_dupnoneed, s->out, s->outBar);
}
#endif

static void hand(const struct Problem *p, double *g) {
  const struct Vjp *s = p->data;
  g[s->unknowns] = g[s->unknowns + 1] = 0;
  brusselatorAdjoint(&s->grid, p->x + s->unknowns, p->x, p->seed, g, g + s->unknowns);
}

static void setup(struct Problem *p, enum Size size) {
  struct Vjp *s = p->data = allocate(1, sizeof *s);
  uint64_t random = 6;
  s->unknowns = setUpGrid(&s->grid, size == SIZE_FULL ? 32 : 8);
  s->out = reals(s->unknowns);
  s->outBar = reals(s->unknowns);
  double *seed = reals(s->unknowns);
  fill(&random, seed, s->unknowns, -1, 1);
  p->seed = seed;
  p->outputs = s->unknowns;
  p->inputs = p->entries = s->unknowns + 2;
  p->x = reals(p->inputs);
  initialState(s->grid.n, p->x);
  p->x[s->unknowns] = 3.4;
  p->x[s->unknowns + 1] = 1;
}

BENCH_EXPORT struct Problem *bench_brusselator(void) {
  static struct Problem problems[] = {{.name = "brusselator",
                                       .title = "Brusselator right-hand side VJP",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand},
                                      {.name = NULL}};
  return problems;
}
