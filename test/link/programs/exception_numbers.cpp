// Exceptions of several classes carry numbers to handlers: by reference and by value,
// classes of the program that extend the library's, vectors in them, thrown and caught in
// loops, in one function, and by handlers inside handlers.
#include "check.h"
#include <stdexcept>
#include <string>
#include <vector>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

struct NotConverged : std::runtime_error {
  double best, residual;
  NotConverged(double best, double residual)
      : std::runtime_error("no convergence: " + std::to_string(int(best))), best(best), residual(residual) {}
};

struct Rejected {
  std::vector<double> state;
  double suggested;
};

struct Limits {
  double low, high;
};

__attribute__((noinline)) static double newton(double a, int turns) {
  double x = a;
  for (int i = 0; i < turns; ++i)
    x -= (x * x * x - a) / (3 * x * x);
  double residual = x * x * x - a;
  if (std::fabs(residual) > 1e-9)
    throw NotConverged(x, residual);
  return x;
}

__attribute__((noinline)) static void advance(std::vector<double> &y, double h) {
  for (double &v : y)
    v += h * std::sin(v);
  if (h * y[0] > 0.4)
    throw Rejected{y, h * 0.5 + 0.01 * y[1]};
}

static double clamp(double v, double low) {
  try {
    if (v < low)
      throw Limits{low, v * v};
    if (v > 2)
      throw 2.0 * v;
    return v;
  } catch (Limits l) {
    return l.low + 0.1 * l.high;
  } catch (double d) {
    return std::log(d);
  }
}

static double nested(double x) {
  try {
    return newton(x, 2);
  } catch (const NotConverged &outer) {
    double inside = 0;
    try {
      inside = clamp(outer.best, 0.5) + newton(outer.best * 3, 1);
    } catch (const NotConverged &inner) {
      inside = inner.best * outer.residual;
    }
    return inside + outer.best;
  }
}

static double all(const double *x, int n) {
  double s = 0;
  for (int i = 0; i < n; ++i) {
    try {
      s += newton(x[i] + 1, 3 + 10 * (i % 2));
    } catch (const NotConverged &e) {
      s += 2 * e.best + e.residual * 10;
    }
    s += clamp(x[i], 0.8) * x[0] + nested(x[i] + 2);
  }
  std::vector<double> y(x, x + n);
  double h = 0.5;
  for (int i = 0; i < 6; ++i)
    try {
      advance(y, h);
    } catch (Rejected &r) {
      h = r.suggested;
      y.swap(r.state);
      y[0] *= 0.9;
    } catch (const std::bad_alloc &) {
      return 0;
    }
  for (double v : y)
    s += v * h;
  return s;
}

int main() {
  constexpr int N = 4;
  double x[N] = {0.7, 1.9, 1.3, 2.7}, dx[N] = {}, want[N], forward[N];
  __enzyme_autodiff((void *)all, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double tangent[N] = {};
    tangent[i] = 1;
    forward[i] = __enzyme_fwddiff((void *)all, enzyme_dup, x, tangent, enzyme_const, N);
    want[i] = DIFFERENCE(all(x, N), x[i]);
  }
  for (int i = 0; i < N; ++i) {
    checkDifference("reverse", dx[i], want[i]);
    checkDifference("forward", forward[i], want[i]);
  }
  return checkResult();
}
