/* Conjugate gradients on a sparse matrix in CSR form: which conductivities explain a potential?
 *
 * A resistor network on a grid: edge e between nodes i and j has conductance c_e, and every node leaks a
 * little to the ground. Its matrix A is assembled, A x = b is solved until the residual is small, and
 * L = |x - o|^2 / 2 compares the potential with a measured one. Active: c and b. The number of iterations
 * depends on the data.
 */
#include "problem.h"
#include <math.h>
#include <string.h>

enum { LIMIT = 2000 };
static const double leak = 0.02, accuracy = 1e-12;

/* Where an edge of the network goes, as nodes and as positions in the matrix. */
struct Edge {
  int i, j, ii, ij, ji, jj;
};

struct Network {
  int nodes, edges, entries;
  const struct Edge *edge;
  const int *row, *column;
  const double *observed;
  double *work;
};

static void assemble(const struct Network *s, const double *c, double *restrict value) {
  for (int k = 0; k < s->entries; ++k)
    value[k] = 0;
  for (int e = 0; e < s->edges; ++e) {
    const struct Edge *edge = &s->edge[e];
    value[edge->ii] += c[e];
    value[edge->jj] += c[e];
    value[edge->ij] = -c[e];
    value[edge->ji] = -c[e];
  }
}

/* out = (A + leak) v */
static void multiply(const struct Network *s, const double *value, const double *v, double *restrict out) {
  for (int i = 0; i < s->nodes; ++i) {
    double sum = leak * v[i];
    for (int k = s->row[i]; k < s->row[i + 1]; ++k)
      sum += value[k] * v[s->column[k]];
    out[i] = sum;
  }
}

static double dot(int n, const double *a, const double *b) {
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += a[i] * b[i];
  return sum;
}

/* Solves A x = b; r, d and product are vectors to work in. */
static void conjugateGradients(const struct Network *s, const double *value, const double *b, double *restrict x,
                               double *restrict r, double *restrict d, double *restrict product) {
  int n = s->nodes;
  for (int i = 0; i < n; ++i) {
    x[i] = 0;
    r[i] = d[i] = b[i];
  }
  double rest = dot(n, r, r), enough = accuracy * accuracy * rest;
  for (int k = 0; k < LIMIT && rest > enough; ++k) {
    multiply(s, value, d, product);
    double alpha = rest / dot(n, d, product);
    for (int i = 0; i < n; ++i) {
      x[i] += alpha * d[i];
      r[i] -= alpha * product[i];
    }
    double before = rest;
    rest = dot(n, r, r);
    double beta = rest / before;
    for (int i = 0; i < n; ++i)
      d[i] = r[i] + beta * d[i];
  }
}

static double misfit(const struct Network *s, const double *c, const double *b) {
  int n = s->nodes;
  double *value = malloc(sizeof(double) * s->entries);
  double *x = malloc(sizeof(double) * n), *r = malloc(sizeof(double) * n);
  double *d = malloc(sizeof(double) * n), *product = malloc(sizeof(double) * n);
  assemble(s, c, value);
  conjugateGradients(s, value, b, x, r, d, product);
  double loss = 0;
  for (int i = 0; i < n; ++i)
    loss += 0.5 * (x[i] - s->observed[i]) * (x[i] - s->observed[i]);
  free(product), free(d), free(r), free(x), free(value);
  return loss;
}

/* Inputs: the conductances, then b. */
static void primal(const struct Problem *p, double *y) {
  const struct Network *s = p->data;
  y[0] = misfit(s, p->x, p->x + s->edges);
}

#ifndef NO_LINKGRAD
static void gradient(const struct Problem *p, double *g) {
  const struct Network *s = p->data;
  memset(g, 0, sizeof(double) * p->entries);
  __enzyme_autodiff((void *)misfit, enzyme_const, s, enzyme_dup, p->x, g, enzyme_dup, p->x + s->edges, g + s->edges);
}
#endif

/* By the implicit function theorem, not through the iterations: A x = b gives
 *   A^T z = xBar,   bBar = z,   A_ijBar = -z_i x_j,
 * and A is symmetric, so z takes one more solve with the same matrix. An edge's conductance stands in four
 * entries with signs + + - -:   cBar = -(z_i - z_j) (x_i - x_j). */
static void hand(const struct Problem *p, double *g) {
  const struct Network *s = p->data;
  int n = s->nodes;
  double *value = s->work, *x = value + s->entries, *r = x + n, *d = r + n, *product = d + n;
  double *xBar = product + n, *z = g + s->edges;
  assemble(s, p->x, value);
  conjugateGradients(s, value, p->x + s->edges, x, r, d, product);
  for (int i = 0; i < n; ++i)
    xBar[i] = x[i] - s->observed[i];
  conjugateGradients(s, value, xBar, z, r, d, product);
  for (int e = 0; e < s->edges; ++e) {
    int i = s->edge[e].i, j = s->edge[e].j;
    g[e] = -(z[i] - z[j]) * (x[i] - x[j]);
  }
}

/* The CSR pattern of the five-point stencil on a side x side grid, columns in ascending order. */
static int gridPattern(int side, int *row, int *column) {
  int entries = 0;
  for (int i = 0; i < side * side; ++i) {
    row[i] = entries;
    if (i >= side)
      column[entries++] = i - side;
    if (i % side)
      column[entries++] = i - 1;
    column[entries++] = i;
    if ((i + 1) % side)
      column[entries++] = i + 1;
    if (i + side < side * side)
      column[entries++] = i + side;
  }
  return row[side * side] = entries;
}

static int position(const int *row, const int *column, int i, int j) {
  int k = row[i];
  while (column[k] != j)
    ++k;
  return k;
}

static int gridEdges(int side, const int *row, const int *column, struct Edge *edge) {
  int edges = 0;
  for (int i = 0; i < side * side; ++i)
    for (int k = row[i]; k < row[i + 1]; ++k) {
      int j = column[k];
      if (j > i)
        edge[edges++] = (struct Edge){
            i, j, position(row, column, i, i), k, position(row, column, j, i), position(row, column, j, j)};
    }
  return edges;
}

static void setup(struct Problem *p, enum Size size) {
  struct Network *s = p->data = allocate(1, sizeof *s);
  uint64_t seed = 8;
  int side = size == SIZE_FULL ? 64 : 6;
  int n = s->nodes = side * side;
  int *row = integers(n + 1), *column = integers(5 * n);
  struct Edge *edge = allocate(2 * n, sizeof *edge);
  s->entries = gridPattern(side, row, column);
  s->edges = gridEdges(side, row, column, edge);
  double *observed = reals(n);
  fill(&seed, observed, n, -1, 1);
  s->row = row;
  s->column = column;
  s->edge = edge;
  s->observed = observed;
  s->work = reals(s->entries + 5 * (size_t)n);
  p->inputs = p->entries = s->edges + (size_t)n;
  p->outputs = 1;
  p->x = reals(p->inputs);
  fill(&seed, p->x, s->edges, 0.5, 1.5);
  fill(&seed, p->x + s->edges, n, -1, 1);
}

/* The derivative of the last iterate and the implicit derivative agree as far as the iteration has
 * converged, hence the wider tolerance. */
BENCH_EXPORT struct Problem *bench_cg(void) {
  static struct Problem problems[] = {{.name = "cg",
                                       .title = "conjugate gradients, CSR",
                                       .setup = setup,
                                       .primal = primal,
                                       .gradient = GRADIENT(gradient),
                                       .hand = hand,
                                       .tolerance = 1e-7},
                                      {.name = NULL}};
  return problems;
}
