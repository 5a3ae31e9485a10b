// qsort with a comparison callback, on doubles and on structs: the library moves active bytes it knows nothing about.
#include "check.h"
#include <stdlib.h>
#include <string.h>

struct item {
  double key, weight;
  int id;
};

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static int byValue(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static int byKey(const void *a, const void *b) {
  double x = ((const struct item *)a)->key, y = ((const struct item *)b)->key;
  return (x < y) - (x > y);
}

static double median(const double *x, int n) {
  double v[8], s = 0;
  struct item items[8];
  memcpy(v, x, (size_t)n * sizeof *x);
  qsort(v, (size_t)n, sizeof *v, byValue);
  for (int i = 0; i < n; ++i)
    items[i] = (struct item){x[i] * x[i], v[i], i};
  qsort(items, (size_t)n, sizeof *items, byKey);
  for (int i = 0; i < n; ++i)
    s += items[i].key * (i + 1) + items[i].weight * items[i].id;
  return s + v[n / 2] * v[n / 2];
}

int main(void) {
  enum { N = 7 };
  double x[N] = {0.9, -1.4, 2.2, 0.3, -0.6, 1.7, -2.5}, dx[N] = {0}, want[N], forward[N];
  __enzyme_autodiff((void *)median, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(median(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)median, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
