// Error handling by return codes: every step may fail, the caller cleans up and answers something else.
#include "check.h"
#include <stdlib.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum status { OK, NEGATIVE, SINGULAR, TOO_LONG };

static enum status root(double x, double *y) {
  if (x < 0)
    return NEGATIVE;
  *y = sqrt(x);
  return OK;
}

static enum status divide(double a, double b, double *q) {
  if (fabs(b) < 1e-3)
    return SINGULAR;
  *q = a / b;
  return OK;
}

static enum status evaluate(const double *x, int n, double *result) {
  enum status status = OK;
  double *work = (double *)malloc((size_t)n * sizeof(double));
  if (n > 8)
    status = TOO_LONG;
  for (int i = 0; i < n && status == OK; ++i) {
    double r;
    if ((status = root(x[i] * x[0], &r)) == OK && (status = divide(r, x[i] - 2, &work[i])) == OK)
      *result += work[i] * work[0];
  }
  free(work);
  return status;
}

static double robust(const double *x, int n) {
  double result = x[0];
  switch (evaluate(x, n, &result)) {
  case OK:
    return result;
  case NEGATIVE:
    return result * 3 - x[n - 1];
  case SINGULAR:
    return result / 7;
  default:
    return x[0] * x[0];
  }
}

int main(void) {
  double inputs[4][9] = {{1, 3, 5}, {1, 3, -5}, {1, 3, 2.0003}, {1.5, 1, 1, 1, 1, 1, 1, 1, 1}};
  for (int k = 0; k < 4; ++k) {
    int n = k == 3 ? 9 : 3;
    double *x = inputs[k], dx[9] = {0}, want[9], forward[9];
    __enzyme_autodiff((void *)robust, enzyme_dup, x, dx, enzyme_const, n);
    for (int i = 0; i < n; ++i) {
      double e[9] = {0};
      e[i] = 1;
      want[i] = DIFFERENCE(robust(x, n), x[i]);
      forward[i] = __enzyme_fwddiff((void *)robust, enzyme_dup, x, e, enzyme_const, n);
    }
    checkArrayDifference("reverse", dx, want, n);
    checkArrayDifference("forward", forward, want, n);
  }
  return checkResult();
}
