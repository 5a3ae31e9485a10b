// Exceptions with numbers are caught, changed and passed on with `throw;`, by the function that threw, by callees and
// by the library (whose containers do so when an element cannot be made). A function that is differentiated by itself
// is also called by another one that catches what it throws.
#include "check.h"
#include <vector>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

struct Failure {
  double at;
  explicit Failure(double at) : at(at) {}
  virtual ~Failure() {}
};

struct OutOfRange : Failure {
  double excess;
  OutOfRange(double at, double excess) : Failure(at), excess(excess) {}
};

__attribute__((noinline)) static double checked(double a, double *log) {
  *log += a * a;
  if (a < 1)
    throw OutOfRange(a, a * a);
  return a * a;
}

__attribute__((noinline)) static double amended(double a, double *log) {
  try {
    return checked(a, log) * 2;
  } catch (OutOfRange &e) {
    *log += e.excess;
    e.excess *= 3;
    if (e.excess < 2)
      throw;
    return e.at;
  } catch (...) {
    throw;
  }
}

static double sum(const double *x, int n) {
  double total = x[0], log = 1;
  for (int i = 0; i < n; ++i)
    try {
      try {
        total += amended(x[i], &log);
      } catch (const OutOfRange &e) {
        total += e.at * x[1];
        throw;
      }
    } catch (const OutOfRange &e) {
      total += e.excess * x[2] + log;
    }
  try {
    throw x[0] * log;
  } catch (double d) {
    std::vector<std::vector<double>> rows(2, std::vector<double>(2));
    rows[1][0] = d;
    total += rows[1][0] * rows[1][0];
  }
  return total * log;
}

static double sumOrLog(const double *x, int n) {
  double log = 0;
  try {
    return sum(x, n) + amended(x[0], &log);
  } catch (const Failure &e) {
    return log * e.at;
  }
}

template <class F> static void check(F *f) {
  constexpr int N = 5;
  double x[N] = {0.8, 0.5, 0.7, 2.1, 0.95}, dx[N] = {1, 2, 3, 4, 5}, want[N], forward[N];
  for (int i = 0; i < N; ++i)
    want[i] = DIFFERENCE(f(x, N), x[i]);
  for (int turn = 0; turn < 2; ++turn) {
    __enzyme_autodiff((void *)f, enzyme_dup, x, dx, enzyme_const, N);
    for (int i = 0; i < N; ++i) {
      double tangent[N] = {};
      tangent[i] = 1;
      forward[i] = __enzyme_fwddiff((void *)f, enzyme_dup, x, tangent, enzyme_const, N);
      checkDifference("reverse", dx[i] - (i + 1), want[i] * (turn + 1));
    }
    checkArrayDifference("forward", forward, want, N);
  }
}

int main() {
  check(sum);
  check(sumOrLog);
  return checkResult();
}
