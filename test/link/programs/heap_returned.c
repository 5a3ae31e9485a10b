// Functions that allocate and return an object with active fields; the caller frees it later, or keeps two alive.
#include "check.h"
#include <stdlib.h>

struct poly {
  int degree;
  double c[];
};

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

__attribute__((noinline)) static struct poly *create(int degree) {
  struct poly *p = (struct poly *)calloc(1, sizeof *p + (size_t)(degree + 1) * sizeof(double));
  p->degree = degree;
  return p;
}

__attribute__((noinline)) static struct poly *product(const struct poly *a, const struct poly *b) {
  struct poly *p = create(a->degree + b->degree);
  for (int i = 0; i <= a->degree; ++i)
    for (int j = 0; j <= b->degree; ++j)
      p->c[i + j] += a->c[i] * b->c[j];
  return p;
}

static double eval(const struct poly *p, double x) {
  double s = 0;
  for (int i = p->degree; i >= 0; --i)
    s = s * x + p->c[i];
  return s;
}

static double powers(const double *x, int n) {
  struct poly *linear = create(1), *result = create(0);
  linear->c[0] = x[0], linear->c[1] = x[1];
  result->c[0] = 1;
  for (int i = 0; i < n; ++i) {
    struct poly *next = product(result, linear);
    free(result);
    result = next;
  }
  double s = eval(result, x[2]);
  free(result), free(linear);
  return s;
}

int main(void) {
  double x[3] = {0.4, 1.3, 0.7}, dx[3] = {0}, base = 0.4 + 1.3 * 0.7;
  double want[3] = {4 * pow(base, 3), 4 * pow(base, 3) * 0.7, 4 * pow(base, 3) * 1.3};
  __enzyme_autodiff((void *)powers, enzyme_dup, x, dx, enzyme_const, 4);
  checkArrayExact("reverse", dx, want, 3);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {i == 0, i == 1, i == 2};
    checkExact("forward", __enzyme_fwddiff((void *)powers, enzyme_dup, x, e, enzyme_const, 4), want[i]);
  }
  return checkResult();
}
