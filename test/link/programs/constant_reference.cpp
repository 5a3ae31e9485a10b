// A callee returns a reference: to an element of active memory or to a constant that only it mentions.
#include "check.h"

extern int enzyme_dup, enzyme_const;
template <typename Return, typename... Arguments> Return __enzyme_autodiff(void *, Arguments...);
template <typename Return, typename... Arguments> Return __enzyme_fwddiff(void *, Arguments...);

struct Triangle {
  double *elements;
  int n;
  static const double one, zero;
  __attribute__((noinline)) const double &operator()(int i, int j) const {
    return i == j ? one : i < j ? zero : elements[i * n + j];
  }
};
const double Triangle::one = 1;
const double Triangle::zero = 0;

static double f(const double *x, int n) {
  double elements[16];
  for (int i = 0; i < 16; ++i)
    elements[i] = x[i % n] * (i + 1);
  Triangle triangle{elements, 4};
  double sum = 0;
  for (int i = 0; i < 4; ++i)
    for (int j = 0; j < 4; ++j)
      sum += triangle(i, j) * x[j % n];
  return sum;
}

int main() {
  enum { N = 4 };
  double x[N] = {0.5, 1.3, 2, 0.7}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff<void>((void *)f, enzyme_dup, x, dx, enzyme_const, (int)N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {};
    e[i] = 1;
    want[i] = DIFFERENCE(f(x, N), x[i]);
    forward[i] = __enzyme_fwddiff<double>((void *)f, enzyme_dup, x, e, enzyme_const, (int)N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
