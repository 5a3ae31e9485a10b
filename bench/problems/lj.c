/* Molecular dynamics: Lennard-Jones atoms in a periodic box, velocity Verlet.
 *
 * Pair energy 4 (r^-12 - r^-6) below a cutoff, distances to the nearest image, F_i = -dE/dx_i:
 *
 *   v += h/2 F(x)    x += h v    v += h/2 F(x)
 *
 * After the given number of steps L is a weighted sum of the coordinates plus the kinetic energy. Active:
 * initial positions and velocities.
 */
#include "problem.h"
#include <math.h>
#include <string.h>

static const double cutoff = 2.5;

struct Atoms {
  int n, steps;
  double box, step;
  const double *weight;
  double *trajectory, *work;
};

static double nearestImage(double distance, double box) { return distance - box * rint(distance / box); }

/* The force of atom j on i is d (48 r^-14 - 24 r^-8) with d = x_i - x_j. */
static void forces(int n, double box, const double *x, double *restrict force) {
  for (int i = 0; i < 3 * n; ++i)
    force[i] = 0;
  for (int i = 0; i < n; ++i)
    for (int j = i + 1; j < n; ++j) {
      double dx = nearestImage(x[3 * i] - x[3 * j], box);
      double dy = nearestImage(x[3 * i + 1] - x[3 * j + 1], box);
      double dz = nearestImage(x[3 * i + 2] - x[3 * j + 2], box);
      double square = dx * dx + dy * dy + dz * dz;
      if (square >= cutoff * cutoff)
        continue;
      double inverse = 1 / square, six = inverse * inverse * inverse;
      double magnitude = 24 * inverse * six * (2 * six - 1);
      force[3 * i] += magnitude * dx;
      force[3 * i + 1] += magnitude * dy;
      force[3 * i + 2] += magnitude * dz;
      force[3 * j] -= magnitude * dx;
      force[3 * j + 1] -= magnitude * dy;
      force[3 * j + 2] -= magnitude * dz;
    }
}

static double trajectoryEnd(int n, int steps, double box, double h, const double *positions, const double *velocities,
                            const double *weight) {
  double *x = malloc(sizeof(double) * 3 * n), *v = malloc(sizeof(double) * 3 * n);
  double *force = malloc(sizeof(double) * 3 * n);
  memcpy(x, positions, sizeof(double) * 3 * n);
  memcpy(v, velocities, sizeof(double) * 3 * n);
  forces(n, box, x, force);
  for (int t = 0; t < steps; ++t) {
    for (int i = 0; i < 3 * n; ++i) {
      v[i] += h / 2 * force[i];
      x[i] += h * v[i];
    }
    forces(n, box, x, force);
    for (int i = 0; i < 3 * n; ++i)
      v[i] += h / 2 * force[i];
  }
  double sum = 0;
  for (int i = 0; i < 3 * n; ++i)
    sum += weight[i] * x[i] + 0.5 * v[i] * v[i];
  free(force), free(v), free(x);
  return sum;
}

/* Inputs: positions, then velocities. */
static void primal(const struct Problem *p, double *y) {
  const struct Atoms *s = p->data;
  y[0] = trajectoryEnd(s->n, s->steps, s->box, s->step, p->x, p->x + 3 * s->n, s->weight);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Atoms *s = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)trajectoryEnd, enzyme_const, s->n, enzyme_const, s->steps, enzyme_const, s->box,
                    enzyme_const, s->step, enzyme_dup, p->x, g, enzyme_dup, p->x + 3 * s->n, g + 3 * s->n, enzyme_const,
                    s->weight);
}
#endif

/* bar += h J^T forceBar. With e = fBar_i - fBar_j, and the force on i from j being m(s) d, s = |d|^2:
 *   dBar = m e + 2 m'(s) (e . d) d,     barI += dBar, barJ -= dBar
 *   m = 48 s^-7 - 24 s^-4,   m' = -336 s^-8 + 96 s^-5. */
static void forcesAdjoint(int n, double box, double h, const double *x, const double *forceBar, double *restrict bar) {
  for (int i = 0; i < n; ++i)
    for (int j = i + 1; j < n; ++j) {
      double dx = nearestImage(x[3 * i] - x[3 * j], box);
      double dy = nearestImage(x[3 * i + 1] - x[3 * j + 1], box);
      double dz = nearestImage(x[3 * i + 2] - x[3 * j + 2], box);
      double square = dx * dx + dy * dy + dz * dz;
      if (square >= cutoff * cutoff)
        continue;
      double ex = h * (forceBar[3 * i] - forceBar[3 * j]);
      double ey = h * (forceBar[3 * i + 1] - forceBar[3 * j + 1]);
      double ez = h * (forceBar[3 * i + 2] - forceBar[3 * j + 2]);
      double inverse = 1 / square, six = inverse * inverse * inverse;
      double magnitude = 24 * inverse * six * (2 * six - 1);
      double slope = 96 * inverse * inverse * six * (1 - 3.5 * six);
      double along = 2 * slope * (ex * dx + ey * dy + ez * dz);
      double bx = magnitude * ex + along * dx;
      double by = magnitude * ey + along * dy;
      double bz = magnitude * ez + along * dz;
      bar[3 * i] += bx;
      bar[3 * i + 1] += by;
      bar[3 * i + 2] += bz;
      bar[3 * j] -= bx;
      bar[3 * j + 1] -= by;
      bar[3 * j + 2] -= bz;
    }
}

/* Positions after t steps. They are all the reverse sweep needs. */
static double *positionsAt(const struct Atoms *s, int t) { return s->trajectory + (size_t)3 * s->n * t; }

static void handForward(const struct Atoms *s, const double *positions, double *v) {
  int n = 3 * s->n;
  double h = s->step, *force = s->work;
  memcpy(positionsAt(s, 0), positions, sizeof(double) * n);
  forces(s->n, s->box, positions, force);
  for (int t = 0; t < s->steps; ++t) {
    double *x = positionsAt(s, t), *next = positionsAt(s, t + 1);
    for (int i = 0; i < n; ++i) {
      v[i] += h / 2 * force[i];
      next[i] = x[i] + h * v[i];
    }
    forces(s->n, s->box, next, force);
    for (int i = 0; i < n; ++i)
      v[i] += h / 2 * force[i];
  }
}

/* The two half kicks with the same force are taken together: with adjoints a of x and b of v, the end of
 * step t and the start of step t + 1 use F(x_t), so b has collected both when F's adjoint h/2 b is due. */
static void hand(const struct Problem *p, double *g) {
  const struct Atoms *s = p->data;
  int n = 3 * s->n;
  double h = s->step, *a = g, *b = g + n, *kicked = s->work + n;
  memcpy(b, p->x + n, sizeof(double) * n);
  handForward(s, p->x, b);
  for (int i = 0; i < n; ++i) {
    a[i] = s->weight[i];
    kicked[i] = b[i] / 2;
  }
  for (int t = s->steps; t > 0; --t) {
    forcesAdjoint(s->n, s->box, h, positionsAt(s, t), kicked, a);
    for (int i = 0; i < n; ++i)
      kicked[i] = b[i] += h * a[i];
  }
  for (int i = 0; i < n; ++i)
    kicked[i] = b[i] / 2;
  forcesAdjoint(s->n, s->box, h, positionsAt(s, 0), kicked, a);
}

/* A face-centred cubic crystal, stretched so that the cutoff lies between two shells of neighbours, and a
 * little disturbed: pairs that cross the cutoff jump, and differences would see it. */
static void setup(struct Problem *p, enum Size size) {
  static const double corner[4][3] = {{0, 0, 0}, {0, .5, .5}, {.5, 0, .5}, {.5, .5, 0}};
  struct Atoms *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 9;
  int cells = 3;
  s->n = 4 * cells * cells * cells;
  s->steps = size == SIZE_FULL ? 36 : 3;
  s->step = 0.002;
  double edge = 1.9;
  s->box = cells * edge;
  p->inputs = p->entries = 6 * (size_t)s->n;
  p->outputs = 1;
  p->x = reals(p->inputs);
  double *weight = reals(3 * s->n);
  fill(&seed, weight, 3 * s->n, -1, 1);
  s->weight = weight;
  s->trajectory = reals((size_t)3 * s->n * (s->steps + 1));
  s->work = reals(6 * s->n);
  for (int i = 0; i < s->n; ++i)
    for (int axis = 0; axis < 3; ++axis) {
      int cell = i / 4, step[3] = {cell % cells, cell / cells % cells, cell / cells / cells};
      p->x[3 * i + axis] = edge * (step[axis] + corner[i % 4][axis]) + uniform(&seed, -0.05, 0.05);
    }
  fill(&seed, p->x + 3 * s->n, 3 * s->n, -0.5, 0.5);
}

BENCH_EXPORT struct Problem *bench_lj(void) {
  static struct Problem problems[] = {{.name = "lj",
                                       .title = "Lennard-Jones MD",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand},
                                      {.name = NULL}};
  return problems;
}
