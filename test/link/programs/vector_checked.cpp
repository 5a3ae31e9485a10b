// The elements of a vector that may not exist, with the library's assertions: where the last element is read, a loop's
// phi leads to the end of the vector, and which array that is shows only later in the function.
#define _GLIBCXX_ASSERTIONS 1
#include "check.h"
#include <optional>
#include <vector>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double products(const double *x, int n) {
  std::optional<std::vector<double>> some;
  double sum = 0;
  for (int i = 0; i < 9; ++i)
    if (!some)
      some.emplace(2, x[i % n]);
    else if (some->size() > 3) {
      sum += (*some)[2] * some->back();
      some.reset();
    } else
      some->push_back(x[i % n] * some->front());
  return sum;
}

struct Row {
  double scale, values[6];
};

__attribute__((noinline)) static double before(const double *p) { return p[-1]; }

static double rows(const double *x, int n) {
  Row row = {x[1], {}};
  for (int i = 0; i < 6; ++i)
    row.values[i] = x[i % n] * (i + 1);
  double sum = 0;
  for (int i = 1; i < 6; ++i)
    sum += before(&row.values[i]) * i;
  return sum * row.scale * before(row.values);
}

template <class F> static void check(F *f) {
  constexpr int N = 4;
  double x[N] = {0.31, 0.53, 0.72, 1.17}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff((void *)f, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double tangent[N] = {};
    tangent[i] = 1;
    forward[i] = __enzyme_fwddiff((void *)f, enzyme_dup, x, tangent, enzyme_const, N);
    want[i] = DIFFERENCE(f(x, N), x[i]);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
}

int main() {
  check(products);
  check(rows);
  return checkResult();
}
