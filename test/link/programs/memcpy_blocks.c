// memcpy of arrays, of parts of arrays, of structs, with constant and run-time sizes, forth and back.
#include "check.h"
#include <string.h>

struct record {
  int id;
  double values[3];
};

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double copies(const double *x, int n) {
  double a[8], b[8];
  struct record r = {4, {1, 2, 3}}, s;
  memcpy(a, x, (size_t)n * sizeof *x);
  memcpy(b + 1, a, (size_t)(n - 1) * sizeof *a);
  b[0] = a[n - 1] * 2;
  for (int i = 0; i < n; ++i)
    a[i] *= b[i];
  memcpy(r.values, a + 1, sizeof r.values);
  memcpy(&s, &r, sizeof s);
  s.values[1] += r.values[0] * s.id;
  memcpy(a, &s.values[1], 2 * sizeof *a); // overwrites active values
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += a[i] * (i + 1) * b[i];
  return sum;
}

int main(void) {
  enum { N = 6 };
  double x[N] = {0.3, 1.1, -0.8, 0.9, 1.7, -0.5}, dx[N] = {0}, want[N], forward[N];
  __enzyme_autodiff((void *)copies, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(copies(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)copies, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
