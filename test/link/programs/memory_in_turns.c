// Memory that serves again: arrays that are restrict in the function called and take turns in the loop that
// calls it, an arena whose numbers give way to integers, a variable-length array of each iteration.  Nothing
// of these may be read again in the reverse sweep as if it had stayed.
#include "check.h"
#include <stdlib.h>
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);

enum { N = 6 };

static void relax(int n, const double *restrict c, const double *restrict u, double *restrict next) {
  for (int i = 1; i < n - 1; ++i)
    next[i] = u[i] + c[i] * (u[i - 1] + u[i + 1] - 2 * u[i]) * u[i];
}

static double turns(const double *x, const double *c, int n, int steps) {
  double *u = malloc(sizeof(double) * n), *next = malloc(sizeof(double) * n);
  memcpy(u, x, sizeof(double) * n);
  memcpy(next, x, sizeof(double) * n);
  for (int t = 0; t < steps; ++t) {
    relax(n, c, u, next);
    double *swapped = u;
    u = next;
    next = swapped;
  }
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += u[i] * u[i];
  free(u);
  free(next);
  return sum;
}

static double arena(const double *x, const double *c, int n, int steps) {
  void *memory = malloc(sizeof(double) * n);
  double *numbers = memory, sum = 0;
  for (int i = 0; i < n; ++i)
    numbers[i] = x[i] * c[i];
  for (int i = 0; i < n; ++i)
    sum += numbers[i] * numbers[i] * sin(numbers[i]);
  long *counts = memory;
  for (int i = 0; i < n; ++i)
    counts[i] = steps + i;
  for (int i = 0; i < n; ++i)
    sum += (double)counts[i] * x[i];
  free(memory);
  return sum;
}

static double each(const double *x, const double *c, int n, int steps) {
  double sum = 1;
  for (int t = 1; t <= steps; ++t) {
    double row[n - t];
    for (int i = 0; i < n - t; ++i)
      row[i] = x[i] * c[i + t] + sum * 0.1;
    for (int i = 0; i < n - t; ++i)
      sum += row[i] * row[n - t - 1 - i];
  }
  return sum;
}

typedef double Function(const double *, const double *, int, int);

static void check(const char *name, Function *f, const double *g) {
  double x[2 * N], want[2 * N];
  for (int i = 0; i < 2 * N; ++i) {
    for (int k = 0; k < 2 * N; ++k)
      x[k] = k < N ? 0.5 + 0.3 * sin(1.3 * k) : 0.2 + 0.1 * cos(k);
    double at = x[i], step = 1e-5;
    x[i] = at + step;
    double above = f(x, x + N, N, 4);
    x[i] = at - step;
    want[i] = (above - f(x, x + N, N, 4)) / (2 * step);
  }
  checkArray(name, g, want, 2 * N, 1e-7);
}

#define CHECK(F)                                                                                                       \
  do {                                                                                                                 \
    double x[2 * N], g[2 * N] = {0};                                                                                   \
    for (int k = 0; k < 2 * N; ++k)                                                                                    \
      x[k] = k < N ? 0.5 + 0.3 * sin(1.3 * k) : 0.2 + 0.1 * cos(k);                                                    \
    __enzyme_autodiff((void *)F, enzyme_dup, x, g, enzyme_dup, x + N, g + N, enzyme_const, N, enzyme_const, 4);        \
    check(#F, F, g);                                                                                                   \
  } while (0)

int main(void) {
  CHECK(turns);
  CHECK(arena);
  CHECK(each);
  return checkResult();
}
