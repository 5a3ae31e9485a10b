/* The Brusselator, a chemical reaction with diffusion on the periodic unit square (Hairer, Wanner 1996;
 * as a benchmark of adjoints: Rackauckas et al. 2020):
 *
 *   du/dt = B + u^2 v - (A + 1) u + alpha Lap u + f(x, y)        dv/dt = A u - u^2 v + alpha Lap v
 *
 * on an n x n grid, with the five-point Laplacian. A state is u followed by v; parameters are A and B.
 */
#ifndef BENCH_BRUSSELATOR_H
#define BENCH_BRUSSELATOR_H

#include "problem.h"

struct Grid {
  int n;
  double alpha; /* diffusion, divided by the square of the mesh width */
  const double *source;
};

static inline double laplacian(int n, const double *u, int i, int j) {
  int up = (i + n - 1) % n, down = (i + 1) % n, left = (j + n - 1) % n, right = (j + 1) % n;
  return u[up * n + j] + u[down * n + j] + u[i * n + left] + u[i * n + right] - 4 * u[i * n + j];
}

static inline void brusselator(const struct Grid *grid, const double *parameters, const double *state,
                               double *restrict out) {
  int n = grid->n;
  double a = parameters[0], b = parameters[1], alpha = grid->alpha;
  const double *u = state, *v = state + n * n;
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      int k = i * n + j;
      double reaction = u[k] * u[k] * v[k];
      out[k] = b + reaction - (a + 1) * u[k] + alpha * laplacian(n, u, i, j) + grid->source[k];
      out[n * n + k] = a * u[k] - reaction + alpha * laplacian(n, v, i, j);
    }
}

/* Two neighbouring cells of a row; they do not touch its ends' far neighbours. */
static inline pair rowLaplacian(const double *above, const double *row, const double *below, int j) {
  return loadPair(above + j) + loadPair(below + j) + loadPair(row + j - 1) + loadPair(row + j + 1) -
         4 * loadPair(row + j);
}

/* bar = J(state)^T seed, and parametersBar += seed^T d/d(A, B), for seeds (p, q) of (u, v). The Laplacian
 * is symmetric, hence its own adjoint:
 *   uBar = p (2uv - A - 1) + q (A - 2uv) + alpha Lap p       ABar += sum u (q - p)
 *   vBar = (p - q) u^2 + alpha Lap q                         BBar += sum p
 * Only the ends of a row wrap; n is even, so that pairs fill what is between them. */
static inline void brusselatorAdjoint(const struct Grid *grid, const double *parameters, const double *state,
                                      const double *restrict seed, double *restrict bar, double *parametersBar) {
  int n = grid->n, cells = n * n;
  double a = parameters[0], alpha = grid->alpha;
  pair aBar = {0, 0}, bBar = {0, 0};
  for (int i = 0; i < n; ++i) {
    int up = (i ? i - 1 : n - 1) * n, down = (i + 1 < n ? i + 1 : 0) * n;
    const double *u = state + i * n, *v = u + cells, *p = seed + i * n, *q = p + cells;
    double *uBar = bar + i * n, *vBar = uBar + cells;
    for (int j = 0; j < n; j += n - 1) {
      double net = p[j] - q[j];
      uBar[j] = net * (2 * u[j] * v[j] - a) - p[j] + alpha * laplacian(n, seed, i, j);
      vBar[j] = net * u[j] * u[j] + alpha * laplacian(n, seed + cells, i, j);
      aBar[0] -= u[j] * net;
      bBar[0] += p[j];
    }
    for (int j = 1; j < n - 1; j += 2) {
      pair uj = loadPair(u + j), pj = loadPair(p + j), net = pj - loadPair(q + j);
      storePair(uBar + j,
                net * (2 * uj * loadPair(v + j) - a) - pj + alpha * rowLaplacian(seed + up, p, seed + down, j));
      storePair(vBar + j, net * uj * uj + alpha * rowLaplacian(seed + cells + up, q, seed + cells + down, j));
      aBar -= uj * net;
      bBar += pj;
    }
  }
  parametersBar[0] += sumPair(aBar);
  parametersBar[1] += sumPair(bBar);
}

/* Initial state, source and mesh of the standard problem; returns the number of unknowns. */
static inline int setUpGrid(struct Grid *grid, int n) {
  double *source = reals((size_t)n * n);
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      double x = (double)i / n - 0.3, y = (double)j / n - 0.6;
      source[i * n + j] = x * x + y * y <= 0.01 ? 5 : 0;
    }
  grid->n = n;
  grid->alpha = 0.02 * n * n / 10;
  grid->source = source;
  return 2 * n * n;
}

static inline void initialState(int n, double *state) {
  for (int i = 0; i < n; ++i)
    for (int j = 0; j < n; ++j) {
      double x = (double)i / n, y = (double)j / n;
      state[i * n + j] = 0.5 + 22 * y * (1 - y) * y;
      state[n * n + i * n + j] = 1 + 27 * x * (1 - x) * x;
    }
}

#endif
