/* Lattice Boltzmann flow, D2Q9 with the BGK collision (Qian, d'Humieres, Lallemand 1992), 50 steps.
 *
 * Nine populations f_q per cell move along the directions c_q of weights w_q, then relax towards
 *
 *   e_q = w_q (rho + 3 c_q.m + 9/2 (c_q.m)^2 / rho - 3/2 m.m / rho),   rho = sum f_q,  m = sum f_q c_q
 *
 * with rate omega, on a periodic box. L = sum over cells of weight * (x momentum) at the end. Active:
 * the initial populations and omega.
 */
#include "problem.h"
#include <string.h>

enum { Q = 9 };
static const int directionX[Q] = {0, 1, 0, -1, 0, 1, -1, -1, 1};
static const int directionY[Q] = {0, 0, 1, 0, -1, 1, 1, -1, -1};
static const double share[Q] = {4. / 9, 1. / 9, 1. / 9, 1. / 9, 1. / 9, 1. / 36, 1. / 36, 1. / 36, 1. / 36};

struct Lattice {
  int width, height, steps;
  const double *weight;
  double *trajectory, *work;
};

/* The cell from which direction q arrives at (x, y). */
static int upstream(int width, int height, int x, int y, int q) {
  int fromX = (x - directionX[q] + width) % width, fromY = (y - directionY[q] + height) % height;
  return fromY * width + fromX;
}

static void relax(const double *f, double omega, double *restrict out) {
  double rho = 0, mx = 0, my = 0;
  for (int q = 0; q < Q; ++q) {
    rho += f[q];
    mx += f[q] * directionX[q];
    my += f[q] * directionY[q];
  }
  double ux = mx / rho, uy = my / rho, energy = 1.5 * (mx * ux + my * uy);
  for (int q = 0; q < Q; ++q) {
    double along = directionX[q] * mx + directionY[q] * my;
    double speed = directionX[q] * ux + directionY[q] * uy;
    double equilibrium = share[q] * (rho + 3 * along + 4.5 * along * speed - energy);
    out[q] = f[q] + omega * (equilibrium - f[q]);
  }
}

static void latticeStep(int width, int height, double omega, const double *f, double *restrict next) {
  for (int y = 0; y < height; ++y)
    for (int x = 0; x < width; ++x) {
      double arrived[Q];
      for (int q = 0; q < Q; ++q)
        arrived[q] = f[Q * upstream(width, height, x, y, q) + q];
      relax(arrived, omega, &next[Q * (y * width + x)]);
    }
}

static double flow(int width, int height, int steps, const double *initial, const double *omega, const double *weight) {
  int cells = width * height;
  double *f = malloc(sizeof(double) * Q * cells), *next = malloc(sizeof(double) * Q * cells);
  memcpy(f, initial, sizeof(double) * Q * cells);
  for (int t = 0; t < steps; ++t) {
    latticeStep(width, height, *omega, f, next);
    double *swapped = f;
    f = next;
    next = swapped;
  }
  double sum = 0;
  for (int i = 0; i < cells; ++i)
    for (int q = 0; q < Q; ++q)
      sum += weight[i] * directionX[q] * f[Q * i + q];
  free(next);
  free(f);
  return sum;
}

/* Inputs: the initial populations, cell by cell, then omega. */
static void primal(const struct Problem *p, double *y) {
  const struct Lattice *s = p->data;
  y[0] = flow(s->width, s->height, s->steps, p->x, p->x + p->inputs - 1, s->weight);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Lattice *s = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)flow, enzyme_const, s->width, enzyme_const, s->height, enzyme_const, s->steps, enzyme_dup,
                    p->x, g, enzyme_dup, p->x + p->inputs - 1, g + p->inputs - 1, enzyme_const, s->weight);
}
#endif

/* The hand-written sweeps take two cells of a row at a time. `from` says where their populations come
 * from, and where their adjoints go; the width is even. */
struct Cells {
  int from[2][Q];
};

static int wrap(int n, int i) { return i < 0 ? n - 1 : i < n ? i : 0; }

static void locate(const struct Lattice *s, int x, int y, struct Cells *cells) {
  int row[3] = {wrap(s->height, y - 1), y, wrap(s->height, y + 1)};
  for (int lane = 0; lane < 2; ++lane) {
    int column[3] = {wrap(s->width, x + lane - 1), x + lane, wrap(s->width, x + lane + 1)};
    for (int q = 0; q < Q; ++q)
      cells->from[lane][q] = Q * (row[1 - directionY[q]] * s->width + column[1 - directionX[q]]) + q;
  }
}

/* Density and velocity, from which everything else follows. */
struct Flow {
  pair rho, ux, uy;
};

static struct Flow flowOf(const pair *f) {
  pair rho = {0, 0}, mx = {0, 0}, my = {0, 0};
  for (int q = 0; q < Q; ++q) {
    rho += f[q];
    mx += f[q] * directionX[q];
    my += f[q] * directionY[q];
  }
  pair inverse = 1 / rho;
  return (struct Flow){rho, mx * inverse, my * inverse};
}

static void handStep(const struct Lattice *s, double omega, const double *f, double *restrict next) {
  struct Cells cells;
  pair arrived[Q];
  for (int y = 0; y < s->height; ++y)
    for (int x = 0; x < s->width; x += 2, next += 2 * Q) {
      locate(s, x, y, &cells);
      for (int q = 0; q < Q; ++q)
        arrived[q] = (pair){f[cells.from[0][q]], f[cells.from[1][q]]};
      struct Flow u = flowOf(arrived);
      pair base = 1 - 1.5 * (u.ux * u.ux + u.uy * u.uy), scaled = omega * u.rho;
      for (int q = 0; q < Q; ++q) {
        pair speed = directionX[q] * u.ux + directionY[q] * u.uy;
        pair equilibrium = share[q] * (base + speed * (3 + 4.5 * speed));
        pair relaxed = (1 - omega) * arrived[q] + scaled * equilibrium;
        next[q] = relaxed[0];
        next[Q + q] = relaxed[1];
      }
    }
}

/* Adjoint of the relaxation, for the adjoints b_q of its results; u = m / rho.
 *   rhoBar = omega sum b_q w_q (1 - 9/2 (c_q.u)^2 + 3/2 u.u)
 *   mBar   = omega sum b_q w_q (3 c_q + 9 (c_q.u) c_q - 3 u)
 *   f_qBar = (1 - omega) b_q + rhoBar + c_q . mBar        omegaBar = sum b_q (e_q - f_q) */
static pair relaxAdjoint(const pair *f, double omega, const pair *b, pair *restrict bar) {
  struct Flow u = flowOf(f);
  pair energy = 1.5 * (u.ux * u.ux + u.uy * u.uy);
  pair rhoBar = {0, 0}, mxBar = {0, 0}, myBar = {0, 0}, total = {0, 0}, omegaBar = {0, 0};
  for (int q = 0; q < Q; ++q) {
    pair speed = directionX[q] * u.ux + directionY[q] * u.uy, weighted = share[q] * b[q];
    pair shape = 1 + 4.5 * speed * speed - energy, pull = weighted * (3 + 9 * speed);
    omegaBar += weighted * u.rho * (shape + 3 * speed) - b[q] * f[q];
    rhoBar += weighted * shape;
    mxBar += pull * directionX[q];
    myBar += pull * directionY[q];
    total += weighted;
  }
  rhoBar = omega * (2 * total - rhoBar);
  mxBar = omega * (mxBar - 3 * u.ux * total);
  myBar = omega * (myBar - 3 * u.uy * total);
  for (int q = 0; q < Q; ++q)
    bar[q] = (1 - omega) * b[q] + rhoBar + mxBar * directionX[q] + myBar * directionY[q];
  return omegaBar;
}

/* One step backwards: relax the adjoints, then send them where the populations came from. */
static double stepAdjoint(const struct Lattice *s, double omega, const double *f, const double *b,
                          double *restrict out) {
  pair omegaBar = {0, 0}, arrived[Q], leaving[Q], bar[Q];
  struct Cells cells;
  for (int y = 0; y < s->height; ++y)
    for (int x = 0; x < s->width; x += 2, b += 2 * Q) {
      locate(s, x, y, &cells);
      for (int q = 0; q < Q; ++q) {
        arrived[q] = (pair){f[cells.from[0][q]], f[cells.from[1][q]]};
        leaving[q] = (pair){b[q], b[Q + q]};
      }
      omegaBar += relaxAdjoint(arrived, omega, leaving, bar);
      for (int q = 0; q < Q; ++q) {
        out[cells.from[0][q]] = bar[q][0];
        out[cells.from[1][q]] = bar[q][1];
      }
    }
  return sumPair(omegaBar);
}

static void hand(const struct Problem *p, double *g) {
  const struct Lattice *s = p->data;
  size_t values = p->inputs - 1;
  double omega = p->x[values], *bar = s->work, *next = g, *states = s->trajectory;
  memcpy(states, p->x, sizeof(double) * values);
  for (int t = 0; t + 1 < s->steps; ++t)
    handStep(s, omega, states + t * values, states + (t + 1) * values);
  for (size_t i = 0; i < values; ++i)
    bar[i] = s->weight[i / Q] * directionX[i % Q];
  double omegaBar = 0;
  for (int t = s->steps - 1; t >= 0; --t) {
    omegaBar += stepAdjoint(s, omega, states + t * values, bar, next);
    double *swapped = bar;
    bar = next;
    next = swapped;
  }
  if (bar != g)
    memcpy(g, bar, sizeof(double) * values);
  g[values] = omegaBar;
}

static void setup(struct Problem *p, enum Size size) {
  struct Lattice *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 14;
  s->width = size == SIZE_FULL ? 48 : 8;
  s->height = size == SIZE_FULL ? 48 : 6;
  s->steps = size == SIZE_FULL ? 50 : 5;
  int cells = s->width * s->height;
  double *weight = reals(cells);
  fill(&seed, weight, cells, -1, 1);
  s->weight = weight;
  s->trajectory = reals((size_t)Q * cells * s->steps);
  s->work = reals(Q * cells);
  p->inputs = p->entries = (size_t)Q * cells + 1;
  p->outputs = 1;
  p->x = reals(p->inputs);
  for (int i = 0; i < Q * cells; ++i)
    p->x[i] = share[i % Q] * uniform(&seed, 0.9, 1.1);
  p->x[p->inputs - 1] = 1.2;
}

BENCH_EXPORT struct Problem *bench_lbm(void) {
  static struct Problem problems[] = {{.name = "lbm",
                                       .title = "lattice Boltzmann, 50 steps",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand},
                                      {.name = NULL}};
  return problems;
}
