// A hand-written quicksort of active values, then a rank-weighted sum: the gradient is the permuted weights.
#include "check.h"
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static void swap(double *a, double *b) {
  double kept = *a;
  *a = *b;
  *b = kept;
}

static void quicksort(double *v, int low, int high) {
  if (low >= high)
    return;
  double pivot = v[(low + high) / 2];
  int i = low, j = high;
  while (i <= j) {
    while (v[i] < pivot)
      ++i;
    while (v[j] > pivot)
      --j;
    if (i <= j)
      swap(&v[i++], &v[j--]);
  }
  quicksort(v, low, j);
  quicksort(v, i, high);
}

static double ranked(const double *x, int n) {
  double v[16], s = 0;
  memcpy(v, x, (size_t)n * sizeof *x);
  quicksort(v, 0, n - 1);
  for (int i = 0; i < n; ++i)
    s += v[i] * v[i] * (i + 1);
  return s;
}

int main(void) {
  enum { N = 12 };
  double x[N], dx[N] = {0}, want[N], forward[N];
  for (int i = 0; i < N; ++i)
    x[i] = sin(7.0 * i + 1) + 0.1 * i;
  __enzyme_autodiff((void *)ranked, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    int rank = 1;
    for (int j = 0; j < N; ++j)
      rank += x[j] < x[i];
    e[i] = 1;
    want[i] = 2 * x[i] * rank;
    forward[i] = __enzyme_fwddiff((void *)ranked, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayExact("reverse", dx, want, N);
  checkArrayExact("forward", forward, want, N);
  return checkResult();
}
