// Derivatives of launches that run as launches: lambdas, structs by value, several directions,
// tapes that the user holds.
#include "offload_test.h"
#include <linkgrad.h>
#include <vector>

static constexpr size_t n = 20000;
static double x[n], y[n], dx[n], dy[n], dx2[n], dy2[n];

static void start(double seed, double seed2 = 0) {
  for (size_t i = 0; i < n; ++i) {
    x[i] = 0.5 + double(i % 11) / 11;
    y[i] = 0;
    dx[i] = dx2[i] = 0;
    dy[i] = seed;
    dy2[i] = seed2;
  }
}

// A lambda that captures pointers and a number; it fits into no register.
static void lambda(double scale, const double *x, double *y) {
  linkgrad::parallel_for(n, [=](size_t i) { y[i] = scale * x[i] * x[i / 2] + scale * scale; });
}

static void testLambda() {
  start(1);
  double dScale = __enzyme_autodiff<double>(lambda, enzyme_out, 3.0, enzyme_dup, x, dx, enzyme_dup, y, dy);
  double wantedScale = 0;
  static double wanted[n];
  for (size_t i = 0; i < n; ++i) {
    wantedScale += x[i] * x[i / 2] + 6;
    wanted[i] += 3 * x[i / 2];
    wanted[i / 2] += 3 * x[i];
  }
  check_close(dScale, wantedScale, 1e-9);
  for (size_t i = 0; i < n; ++i)
    check(dx[i], wanted[i]);
}

struct Pair {
  double a, b;
};
struct Large {
  double a[4];
  const double *x;
};
static void pairs(size_t i, Pair p, float f, const double *x, double *y) { y[i] = p.a * x[i] + p.b * f; }
static void runPairs(double a, double b, float f, const double *x, double *y) {
  __offload_launch(pairs, n, Pair{a, b}, f, x, y);
}
static void large(size_t i, Large l, double *y) { y[i] = l.a[i % 4] * l.x[i / 4]; }
static void runLarge(double a, double b, const double *x, double *y) {
  __offload_launch(large, n, Large{{a, b, a * b, 1}, x}, y);
}

struct Result {
  double a, b;
  float f;
};

static void testStructs() {
  start(1);
  Result d = __enzyme_autodiff<Result>(runPairs, enzyme_out, 2.0, enzyme_out, 3.0, enzyme_out, 4.0f, enzyme_dup, x, dx,
                                       enzyme_dup, y, dy);
  double sum = 0;
  for (size_t i = 0; i < n; ++i)
    sum += x[i];
  check_close(d.a, sum, 1e-9);
  check_close(d.b, 4.0 * n, 1e-9);
  check_close(d.f, 3.0 * n, 1e-4);
  for (size_t i = 0; i < n; ++i)
    check(dx[i], 2);

  start(1);
  Pair p = __enzyme_autodiff<Pair>(runLarge, enzyme_out, 2.0, enzyme_out, 3.0, enzyme_dup, x, dx, enzyme_dup, y, dy);
  double s[4] = {};
  for (size_t i = 0; i < n; ++i)
    s[i % 4] += x[i / 4];
  check_close(p.a, s[0] + 3 * s[2], 1e-9);
  check_close(p.b, s[1] + 2 * s[2], 1e-9);
  for (size_t i = 0; i < n; ++i)
    check(dx[i], i < n / 4 ? 2 + 3 + 6 + 1 : 0);
}

// Loops and overwrites.
static void iterate(size_t i, double a, int steps, const double *x, double *y) {
  double t = y[i];
  for (int j = 0; j < steps; ++j)
    t = a * sin(t) + x[(i + j) % 5];
  y[i] = t;
}
static double loss(double a, const double *x, double *y) {
  for (int t = 0; t < 3; ++t)
    __offload_launch(iterate, n, a, 2 + t, x, y);
  double sum = 0;
  for (size_t i = 0; i < n; ++i)
    sum += y[i] * y[i];
  return sum;
}
static double value(double a) {
  std::vector<double> z(n);
  return loss(a, x, z.data());
}
static double slope(double a) {
  const double h = 1e-4;
  return (8 * (value(a + h) - value(a - h)) - (value(a + 2 * h) - value(a - 2 * h))) / (12 * h);
}
static double gradient(double a, const double *x, double *y, double *dy) {
  return __enzyme_autodiff<double>(loss, enzyme_out, a, enzyme_const, x, enzyme_dup, y, dy);
}

static void testLoops() {
  start(0);
  double wanted = slope(0.7);
  check_close(gradient(0.7, x, y, dy), wanted, 1e-6);
  // Two seeds at once.
  start(0, 0);
  Pair two =
      __enzyme_autodiff<Pair>(loss, enzyme_width, 2, enzyme_out, 0.7, enzyme_dup, x, dx, dx2, enzyme_dup, y, dy, dy2);
  check_close(two.a, wanted, 1e-6);
  check_close(two.b, wanted, 1e-6);
  for (int i = 0; i < 5; ++i)
    check_close(dx[i], dx2[i], 1e-9);
}

// The user holds the tape, and reads it twice.
static void step(double a, const double *x, double *y) { __offload_launch(iterate, n, a, 7, x, y); }
static void testSplit() {
  start(1);
  void *tape = __enzyme_augmentfwd<void *>(step, enzyme_nofree, enzyme_out, 0.7, enzyme_dup, x, dx, enzyme_dup, y, dy);
  double first =
      __enzyme_reverse<double>(step, enzyme_nofree, enzyme_out, 0.7, enzyme_dup, x, dx, enzyme_dup, y, dy, tape);
  for (size_t i = 0; i < n; ++i)
    dy[i] = 1;
  double second = __enzyme_reverse<double>(step, enzyme_out, 0.7, enzyme_dup, x, dx, enzyme_dup, y, dy, tape);
  check_close(second, first, 1e-9);
  auto sum = [](double a) {
    std::vector<double> z(n);
    step(a, x, z.data());
    double s = 0;
    for (double v : z)
      s += v;
    return s;
  };
  const double h = 1e-4;
  check_close(first, (8 * (sum(0.7 + h) - sum(0.7 - h)) - (sum(0.7 + 2 * h) - sum(0.7 - 2 * h))) / (12 * h), 1e-7);
}

int main() {
  testLambda();
  testStructs();
  testLoops();
  testSplit();
  return failures;
}
