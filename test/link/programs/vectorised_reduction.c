// Vectorised reductions: sums, products, minima and maxima, with the reassociation that allows them.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

#pragma clang fp reassociate(on)
static double sum(const double *x, int n) {
  double s = 0;
#pragma clang loop vectorize(enable)
  for (int i = 0; i < n; ++i)
    s += x[i] * x[i];
  return s;
}

static double product(const double *x, int n) {
  double p = 1;
#pragma clang loop vectorize(enable)
  for (int i = 0; i < n; ++i)
    p *= x[i];
  return p;
}

typedef double doubles __attribute__((ext_vector_type(4)));

static double smallest(const double *x, int n) {
  double m = x[0];
  for (int i = 0; i + 4 <= n; i += 4)
    m = fmin(m, __builtin_reduce_min((doubles){x[i], x[i + 1], x[i + 2], x[i + 3]}));
  return m;
}

static double largest(const double *x, int n) {
  doubles m = {-1, -1, -1, -1};
  for (int i = 0; i + 4 <= n; i += 4)
    m = __builtin_elementwise_max(m, (doubles){x[i], x[i + 1], x[i + 2], x[i + 3]});
  return __builtin_reduce_max(m);
}

static double all(const double *x, int n) { return sum(x, n) * smallest(x, n) + product(x, n) / largest(x, n); }

int main(void) {
  enum { N = 21 };
  double x[N], dx[N] = {0}, want[N], forward[N];
  for (int i = 0; i < N; ++i)
    x[i] = 1 + 0.4 * sin(2.3 * i + 1);
  __enzyme_autodiff((void *)all, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(all(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)all, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
