// posix_memalign, aligned_alloc and a hand-aligned malloc.
#define _POSIX_C_SOURCE 200112L
#include "check.h"
#include <stdint.h>
#include <stdlib.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double aligned(const double *x, int n) {
  void *memory;
  size_t bytes = (size_t)n * sizeof(double);
  if (posix_memalign(&memory, 64, bytes))
    return 0;
  double *a = (double *)memory, *b = (double *)aligned_alloc(32, (bytes + 31) / 32 * 32);
  char *raw = (char *)malloc(bytes + 128);
  double *c = (double *)(raw + (64 - (uintptr_t)raw % 64)), s = 0;
  for (int i = 0; i < n; ++i) {
    a[i] = x[i] * x[i];
    b[n - 1 - i] = a[i] + x[0];
  }
  for (int i = 0; i < n; ++i)
    c[i] = a[i] * b[i];
  for (int i = 0; i < n; ++i)
    s += c[i] / (i + 1);
  free(raw);
  free(b);
  free(a);
  return s;
}

int main(void) {
  enum { N = 5 };
  double x[N] = {1.5, -0.5, 0.75, 2, -1}, dx[N] = {0}, want[N], forward[N];
  __enzyme_autodiff((void *)aligned, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(aligned(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)aligned, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
