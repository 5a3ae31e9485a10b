// Exceptions leave functions in the middle: what they had done to memory by then counts,
// through recursion, destructors, several handlers and classes of the library.
#include "check.h"
#include <stdexcept>
#include <string>
#include <vector>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

struct Base {
  virtual ~Base() = default;
  int weight = 1;
};
struct Derived : Base {
  explicit Derived(int weight) { this->weight = weight; }
};
struct StepTooLarge {
  int code;
};
struct Guard {
  double *p;
  ~Guard() { *p *= 1.1; }
};

static double climb(double *y, int depth) {
  Guard guard{y};
  if (depth == 0) {
    if (y[0] > 2)
      throw Derived(2);
    return y[0];
  }
  y[1] += 0.3 * y[0] * depth;
  double r = climb(y, depth - 1) * y[1];
  if (r > 3)
    throw std::runtime_error("too steep at " + std::to_string(depth));
  y[0] = std::cos(r) + 1.5;
  return r;
}

struct Model {
  std::vector<double> v;
  __attribute__((noinline)) double at(size_t i, double *sum) {
    sum[0] += v[0] * 0.5;
    v[0] *= 1.01;
    double t = v.at(i) * sum[0];
    sum[1] += t;
    return t;
  }
  std::vector<double> scaled(double s) const {
    std::vector<double> w(v);
    for (double &x : w) {
      x *= s;
      if (x > 4)
        throw 7;
    }
    return w;
  }
};

/// A step that is taken back half done: the state stays as the exception found it.
__attribute__((noinline)) static void step(double *x, double h) {
  x[0] *= x[1];
  x[1] += h * x[0];
  if (x[1] > 1)
    throw StepTooLarge{3};
  x[0] = std::sin(x[0]);
}

static double integrate(double *y) {
  double h = 0.5, s = 0;
  for (int i = 0; i < 4; ++i)
    try {
      step(y, h);
      s += y[0];
    } catch (const StepTooLarge &e) {
      y[1] *= 0.3;
      h *= 0.5;
      s += e.code * y[0] * y[1];
    }
  return s;
}

static double all(const double *x, int n) {
  double y[2] = {x[0], x[1]}, s = 0;
  Model model;
  for (int i = 0; i < n; ++i)
    model.v.push_back(x[i] * x[0]);
  for (int i = 0; i < 5; ++i) {
    try {
      s += climb(y, i);
    } catch (const Base &b) {
      s += y[0] * b.weight;
      y[0] *= 0.4;
    } catch (const std::exception &) {
      s += y[1] * y[0];
      y[1] *= 0.2;
      y[0] *= 0.7;
    }
    try {
      s += model.at(i, y);
    } catch (const std::out_of_range &) {
      s -= model.v[0] * y[1];
    }
    try {
      std::vector<double> w = model.scaled(1 + 0.3 * i);
      s += w[1] * w[2];
    } catch (int c) {
      s += c * model.v[1];
      for (double &v : model.v)
        v *= 0.8;
    }
  }
  double z[2] = {0.6 * x[2], x[1]};
  return s + integrate(z) + z[0] * z[1];
}

int main() {
  constexpr int N = 4;
  double x[N] = {0.7, 0.9, 1.3, 1.7}, dx[N] = {}, want[N], forward[N];
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
