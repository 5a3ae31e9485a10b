// Derivatives of launches whose kernel calls what the host chose. (No GPU can.)
#include "offload_test.h"
#include <linkgrad.h>

enum { n = 100000 };

static double y[n], dy[n];

static double twice(double t) { return 2 * t; }
static double squared(double t) { return t * t; }
static double (*chosen[2])(double) = {twice, squared};

static void apply(size_t i, double (*f)(double), double *y) { y[i] = f(y[i]); }
static void run(double *y) {
  for (int t = 0; t < 2; ++t)
    __offload_launch(apply, (size_t)n, chosen[t], y);
}

int main(void) {
  for (int i = 0; i < n; ++i) {
    y[i] = 1 + i % 11;
    dy[i] = i % 3 - 0.5;
  }
  __enzyme_autodiff_void(run, enzyme_dup, y, dy);
  for (int i = 0; i < n; ++i) {
    double before = 1 + i % 11;
    check(y[i], 4 * before * before);
    check(dy[i], 8 * before * (i % 3 - 0.5));
  }
  return failures;
}
