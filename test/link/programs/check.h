// check.h - self-checks for the programs of this directory, in C and in C++.
//
// A program compares what a request gave with a number it can defend: a closed form (checkExact) or a central
// difference of its own primal (checkDifference; DIFFERENCE takes it). Each comparison prints `ok name` or
// `FAIL name got want`; checkResult() is the exit status and is non-zero also when nothing was compared.
// Errors are relative to the wanted value, or to 1e-3 where that is smaller.

#ifndef LINKGRAD_TEST_CHECK_H
#define LINKGRAD_TEST_CHECK_H

#include <math.h>
#include <stdio.h>

static int checksRun, checksFailed;

static inline void checkNear(const char *name, double got, double want, double tolerance) {
  double scale = fabs(want) > 1e-3 ? fabs(want) : 1e-3;
  int good = fabs(got - want) <= tolerance * scale; // false for NaN
  ++checksRun;
  checksFailed += !good;
  if (good)
    printf("ok %s\n", name);
  else
    printf("FAIL %s %.17g %.17g\n", name, got, want);
}

static inline void checkExact(const char *name, double got, double want) { checkNear(name, got, want, 1e-10); }

static inline void checkDifference(const char *name, double got, double want) { checkNear(name, got, want, 1e-6); }

/// One line for n values: the first that is off is shown as `name[i]`.
static inline void checkArray(const char *name, const double *got, const double *want, int n, double tolerance) {
  for (int i = 0; i < n; ++i) {
    double scale = fabs(want[i]) > 1e-3 ? fabs(want[i]) : 1e-3;
    if (fabs(got[i] - want[i]) <= tolerance * scale)
      continue;
    ++checksRun;
    ++checksFailed;
    printf("FAIL %s[%d] %.17g %.17g\n", name, i, got[i], want[i]);
    return;
  }
  checksRun += n > 0;
  printf("ok %s\n", name);
}

static inline void checkArrayExact(const char *name, const double *got, const double *want, int n) {
  checkArray(name, got, want, n, 1e-10);
}

static inline void checkArrayDifference(const char *name, const double *got, const double *want, int n) {
  checkArray(name, got, want, n, 1e-6);
}

static inline int checkResult(void) {
  if (checksRun == 0)
    printf("FAIL no check ran\n");
  return checksRun == 0 || checksFailed != 0;
}

/// d expr / d x by central differences with steps h and h/2, extrapolated: the error is O(h^4). `x` is an lvalue that
/// `expr` reads; it has its old value afterwards.
#define DIFFERENCE_STEP(expr, x, h)                                                                                    \
  (__extension__({                                                                                                     \
    __typeof__(x) kept_ = (x);                                                                                         \
    double step_ = (h), wide_, narrow_;                                                                                \
    (x) = kept_ + step_, wide_ = (expr);                                                                               \
    (x) = kept_ - step_, wide_ = (wide_ - (expr)) / (2 * step_);                                                       \
    (x) = kept_ + step_ / 2, narrow_ = (expr);                                                                         \
    (x) = kept_ - step_ / 2, narrow_ = (narrow_ - (expr)) / step_;                                                     \
    (x) = kept_;                                                                                                       \
    (4 * narrow_ - wide_) / 3;                                                                                         \
  }))
#define DIFFERENCE(expr, x) DIFFERENCE_STEP(expr, x, 2e-4)

#endif
