// Derivatives of launches that run as launches: many indices add to the same adjoints.
// Against formulas and the same kernels in loops that no launch has anything to do with.
#include "offload_test.h"
#include <linkgrad.h>
#include <string.h>

enum { n = 100000, bins = 7 };

static double x[n], y[n], dx[n], dy[n], table[bins], d_table[bins], weights[bins], d_weights[bins];
static long where[n];

static void clear(void) {
  memset(dx, 0, sizeof dx);
  memset(d_table, 0, sizeof d_table);
  memset(d_weights, 0, sizeof d_weights);
}

// A number by value, which all indices share; y is its own.
static void saxpy(size_t i, double a, const double *x, double *y) { y[i] += a * x[i]; }
static void run_saxpy(double a, const double *x, double *y) { check_ran(__offload_launch(saxpy, (size_t)n, a, x, y)); }

static void test_saxpy(void) {
  clear();
  double sum = 0;
  for (int i = 0; i < n; ++i) {
    x[i] = sin(i);
    y[i] = 1;
    dy[i] = 1 + i % 3;
    sum += dy[i] * x[i];
  }
  double da = __enzyme_autodiff(run_saxpy, enzyme_out, 3.0, enzyme_dup, x, dx, enzyme_dup, y, dy);
  check_close(da, sum, 1e-9);
  for (int i = 0; i < n; ++i) {
    check(y[i], 1 + 3 * x[i]);
    check(dx[i], 3 * (1 + i % 3));
    check(dy[i], 1 + i % 3);
  }
}

// All indices read few places.
static void gather(size_t i, const double *table, const long *where, const double *x, double *y) {
  double t = table[where[i]];
  y[i] = t * t * x[i];
}
static void run_gather(const double *table, const long *where, const double *x, double *y) {
  __offload_launch(gather, (size_t)n, table, where, x, y);
}

static void test_gather(void) {
  clear();
  double wanted[bins] = {0};
  for (int i = 0; i < bins; ++i)
    table[i] = 1 + 0.5 * i;
  for (int i = 0; i < n; ++i) {
    where[i] = i * 31L % bins;
    x[i] = cos(i);
    dy[i] = 2;
    wanted[where[i]] += 2 * 2 * table[where[i]] * x[i];
  }
  __enzyme_autodiff_void(run_gather, enzyme_dup, table, d_table, enzyme_const, where, enzyme_dup, x, dx, enzyme_dup, y,
                         dy);
  for (int i = 0; i < bins; ++i)
    check_close(d_table[i], wanted[i], 1e-9);
  for (int i = 0; i < n; ++i) {
    check(dx[i], 2 * table[where[i]] * table[where[i]]);
    check(dy[i], 0);
  }
}

// Neighbours read each other.
static void smooth(size_t i, const double *x, double *y) {
  if (i == 0 || i == n - 1)
    y[i] = x[i];
  else
    y[i] = 0.25 * x[i - 1] + 0.5 * x[i] * x[i] + 0.25 * x[i + 1];
}
static void run_smooth(const double *x, double *y) { __offload_launch(smooth, (size_t)n, x, y); }

static void test_smooth(void) {
  clear();
  static double wanted[n];
  for (int i = 0; i < n; ++i) {
    x[i] = cos(i);
    dy[i] = 1 + i % 5;
    wanted[i] = 0;
  }
  for (int i = 0; i < n; ++i)
    if (i == 0 || i == n - 1) {
      wanted[i] += dy[i];
    } else {
      wanted[i - 1] += 0.25 * dy[i];
      wanted[i] += x[i] * dy[i];
      wanted[i + 1] += 0.25 * dy[i];
    }
  __enzyme_autodiff_void(run_smooth, enzyme_dup, x, dx, enzyme_dup, y, dy);
  for (int i = 0; i < n; ++i)
    check(dx[i], wanted[i]);
}

// Overwrites what it needs again: a tape whose length is known.
static double bend(double t) { return t * exp(-t * t); }
static void overwrite(size_t i, const double *weights, double *y) {
  double t = y[i];
  for (int j = 0; j < 3; ++j) {
    double parts[3] = {t, weights[j] * t, bend(t)};
    t = parts[(i + j) % 3] * parts[1] + parts[2];
  }
  y[i] = t;
}
static void run_overwrite(const double *weights, double *y) {
  for (int t = 0; t < 2; ++t)
    __offload_launch(overwrite, (size_t)n, weights, y);
}
static void loop_overwrite(const double *weights, double *y) {
  for (int t = 0; t < 2; ++t)
    for (size_t i = 0; i < n; ++i)
      overwrite(i, weights, y);
}

// How often it loops is known at run time: a tape that grows.
static void iterate(size_t i, const double *weights, int steps, double *y) {
  double t = y[i];
  for (int j = 0; j < steps + (int)(i % 4); ++j)
    t = sin(weights[(i + (size_t)j) % bins] * t) + 0.1 * t * t;
  y[i] = t;
}
static void run_iterate(const double *weights, double *y) {
  for (int t = 0; t < 2; ++t)
    __offload_launch(iterate, (size_t)n, weights, 5, y);
}
static void loop_iterate(const double *weights, double *y) {
  for (int t = 0; t < 2; ++t)
    for (size_t i = 0; i < n; ++i)
      iterate(i, weights, 5, y);
}

static void start(void) {
  clear();
  for (int i = 0; i < bins; ++i)
    weights[i] = 0.5 + 0.1 * i;
  for (int i = 0; i < n; ++i) {
    y[i] = sin(i);
    dy[i] = 1 + i % 4;
  }
}

#define test_against_loop(run, loop)                                                                                   \
  do {                                                                                                                 \
    static double loop_y[n], loop_dy[n];                                                                               \
    double loop_weights[bins];                                                                                         \
    start();                                                                                                           \
    __enzyme_autodiff_void(loop, enzyme_dup, weights, d_weights, enzyme_dup, y, dy);                                   \
    memcpy(loop_y, y, sizeof y), memcpy(loop_dy, dy, sizeof dy), memcpy(loop_weights, d_weights, sizeof d_weights);    \
    start();                                                                                                           \
    __enzyme_autodiff_void(run, enzyme_dup, weights, d_weights, enzyme_dup, y, dy);                                    \
    for (int i = 0; i < n; ++i) {                                                                                      \
      check(y[i], loop_y[i]);                                                                                          \
      check(dy[i], loop_dy[i]);                                                                                        \
    }                                                                                                                  \
    for (int i = 0; i < bins; ++i)                                                                                     \
      check_close(d_weights[i], loop_weights[i], 1e-9);                                                                \
  } while (0)

// Forward mode, along one and two directions.
static void test_forward(void) {
  static double t_y[n], t_y2[n], t_x[n], t_x2[n];
  for (int i = 0; i < n; ++i) {
    x[i] = i;
    y[i] = 0;
    t_x[i] = i % 2;
    t_x2[i] = 2;
    t_y[i] = t_y2[i] = 0;
  }
  __enzyme_fwddiff_void(run_saxpy, enzyme_dup, 2.0, 1.0, enzyme_dup, x, t_x, enzyme_dup, y, t_y);
  for (int i = 0; i < n; ++i) {
    check(y[i], 2 * x[i]);
    check(t_y[i], x[i] + 2 * (i % 2));
    y[i] = t_y[i] = 0;
  }
  __enzyme_fwddiff_void(run_saxpy, enzyme_width, 2, enzyme_dup, 2.0, 1.0, 0.0, enzyme_dup, x, t_x, t_x2, enzyme_dup, y,
                        t_y, t_y2);
  for (int i = 0; i < n; ++i) {
    check(t_y[i], x[i] + 2 * (i % 2));
    check(t_y2[i], 4);
  }
}

int main(void) {
  test_saxpy();
  test_gather();
  test_smooth();
  test_against_loop(run_overwrite, loop_overwrite);
  test_against_loop(run_iterate, loop_iterate);
  test_forward();
  return failures;
}
