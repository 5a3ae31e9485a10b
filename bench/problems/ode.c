/* A time loop: the Brusselator integrated by the classical Runge-Kutta method.
 *
 *   k1 = f(x)   k2 = f(x + h/2 k1)   k3 = f(x + h/2 k2)   k4 = f(x + h k3)
 *   x <- x + h/6 (k1 + 2 k2 + 2 k3 + k4)
 *
 * After the given number of steps the state is compared with an observation: L = |x - o|^2 / 2. Active:
 * the initial state and the reaction's two parameters.
 */
#include "brusselator.h"
#include <string.h>

struct Ode {
  struct Grid grid;
  int unknowns, steps;
  double step;
  const double *observed;
  double *trajectory, *work;
};

static void shifted(int n, const double *x, double a, const double *k, double *restrict out) {
  for (int i = 0; i < n; ++i)
    out[i] = x[i] + a * k[i];
}

static double integrate(const struct Grid *grid, int n, int steps, double h, const double *initial,
                        const double *parameters, const double *observed) {
  double *x = malloc(sizeof(double) * n), *stage = malloc(sizeof(double) * n);
  double *k1 = malloc(sizeof(double) * n), *k2 = malloc(sizeof(double) * n);
  double *k3 = malloc(sizeof(double) * n), *k4 = malloc(sizeof(double) * n);
  memcpy(x, initial, sizeof(double) * n);
  for (int t = 0; t < steps; ++t) {
    brusselator(grid, parameters, x, k1);
    shifted(n, x, h / 2, k1, stage);
    brusselator(grid, parameters, stage, k2);
    shifted(n, x, h / 2, k2, stage);
    brusselator(grid, parameters, stage, k3);
    shifted(n, x, h, k3, stage);
    brusselator(grid, parameters, stage, k4);
    for (int i = 0; i < n; ++i)
      x[i] += h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
  double loss = 0;
  for (int i = 0; i < n; ++i)
    loss += 0.5 * (x[i] - observed[i]) * (x[i] - observed[i]);
  free(k4), free(k3), free(k2), free(k1), free(stage), free(x);
  return loss;
}

/* Inputs: the initial state, then A and B. */
static void primal(const struct Problem *p, double *y) {
  const struct Ode *s = p->data;
  y[0] = integrate(&s->grid, s->unknowns, s->steps, s->step, p->x, p->x + s->unknowns, s->observed);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Ode *s = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)integrate, enzyme_const, &s->grid, enzyme_const, s->unknowns, enzyme_const, s->steps,
                    enzyme_const, s->step, enzyme_dup, p->x, g, enzyme_dup, p->x + s->unknowns, g + s->unknowns,
                    enzyme_const, s->observed);
}
#endif

/* Where the arguments of k1 ... k4 of step t are kept, one after the other; the first is the state. */
static double *stages(const struct Ode *s, int t) { return s->trajectory + (size_t)4 * s->unknowns * t; }

static void handForward(const struct Ode *s, const double *initial, const double *parameters) {
  int n = s->unknowns;
  double h = s->step, *k1 = s->work, *k2 = k1 + n, *k3 = k2 + n, *k4 = k3 + n;
  memcpy(stages(s, 0), initial, sizeof(double) * n);
  for (int t = 0; t < s->steps; ++t) {
    double *x = stages(s, t), *restrict next = stages(s, t + 1);
    brusselator(&s->grid, parameters, x, k1);
    shifted(n, x, h / 2, k1, x + n);
    brusselator(&s->grid, parameters, x + n, k2);
    shifted(n, x, h / 2, k2, x + 2 * n);
    brusselator(&s->grid, parameters, x + 2 * n, k3);
    shifted(n, x, h, k3, x + 3 * n);
    brusselator(&s->grid, parameters, x + 3 * n, k4);
    for (int i = 0; i < n; ++i)
      next[i] = x[i] + h / 6 * (k1[i] + 2 * k2[i] + 2 * k3[i] + k4[i]);
  }
}

/* One step backwards. With b the adjoint of the new state and s_j = J(stage j)^T k_jBar:
 *   k4Bar = h/6 b    k3Bar = h/3 b + h s_4    k2Bar = h/3 b + h/2 s_3    k1Bar = h/6 b + h/2 s_2
 *   b <- b + s_1 + s_2 + s_3 + s_4 */
static void stepAdjoint(const struct Ode *s, const double *parameters, const double *stage, double *restrict b,
                        double *parametersBar) {
  int n = s->unknowns;
  double h = s->step, *restrict kBar = s->work;
  double *s1 = kBar + n, *s2 = s1 + n, *s3 = s2 + n, *s4 = s3 + n;
  for (int i = 0; i < n; ++i)
    kBar[i] = h / 6 * b[i];
  brusselatorAdjoint(&s->grid, parameters, stage + 3 * n, kBar, s4, parametersBar);
  for (int i = 0; i < n; ++i)
    kBar[i] = h / 3 * b[i] + h * s4[i];
  brusselatorAdjoint(&s->grid, parameters, stage + 2 * n, kBar, s3, parametersBar);
  for (int i = 0; i < n; ++i)
    kBar[i] = h / 3 * b[i] + h / 2 * s3[i];
  brusselatorAdjoint(&s->grid, parameters, stage + n, kBar, s2, parametersBar);
  for (int i = 0; i < n; ++i)
    kBar[i] = h / 6 * b[i] + h / 2 * s2[i];
  brusselatorAdjoint(&s->grid, parameters, stage, kBar, s1, parametersBar);
  for (int i = 0; i < n; ++i)
    b[i] += s1[i] + s2[i] + s3[i] + s4[i];
}

static void hand(const struct Problem *p, double *g) {
  const struct Ode *s = p->data;
  int n = s->unknowns;
  const double *parameters = p->x + n;
  handForward(s, p->x, parameters);
  const double *final = stages(s, s->steps);
  for (int i = 0; i < n; ++i)
    g[i] = final[i] - s->observed[i];
  g[n] = g[n + 1] = 0;
  for (int t = s->steps - 1; t >= 0; --t)
    stepAdjoint(s, parameters, stages(s, t), g, g + n);
}

static void setup(struct Problem *p, enum Size size) {
  struct Ode *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 4;
  int n = s->unknowns = setUpGrid(&s->grid, size == SIZE_FULL ? 32 : 8);
  s->steps = size == SIZE_FULL ? 400 : 10;
  s->step = size == SIZE_FULL ? 0.002 : 0.01;
  double *observed = reals(n);
  fill(&seed, observed, n, 0, 2);
  s->observed = observed;
  s->trajectory = reals((size_t)4 * n * (s->steps + 1));
  s->work = reals((size_t)5 * n);
  p->inputs = p->entries = n + 2;
  p->outputs = 1;
  p->x = reals(p->inputs);
  initialState(s->grid.n, p->x);
  p->x[n] = 3.4;
  p->x[n + 1] = 1;
}

BENCH_EXPORT struct Problem *bench_ode(void) {
  static struct Problem problems[] = {{.name = "ode",
                                       .title = "ODE RK4 time loop",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand},
                                      {.name = NULL}};
  return problems;
}
