// The whole Jacobian of a map from R^4 to R^3 in one forward request of width four.
#include "check.h"

extern int enzyme_width, enzyme_dup, enzyme_const;
extern void __enzyme_fwddiff(void *, ...);

static void map(const double *x, double *y, int rounds) {
  double s = 0;
  for (int r = 0; r < rounds; ++r) {
    y[0] = sin(x[0] * x[1]) + s;
    y[1] = x[1] * x[2] - exp(x[3] / 4) * y[0];
    y[2] = x[3] / (1 + x[0] * x[0]) + y[1];
    s = y[2] / 3;
  }
}

static double component(const double *x, int row) {
  double y[3];
  map(x, y, 3);
  return y[row];
}

int main(void) {
  double x[4] = {0.5, 1.1, -0.6, 0.8}, y[3];
  double e[4][4] = {{1, 0, 0, 0}, {0, 1, 0, 0}, {0, 0, 1, 0}, {0, 0, 0, 1}}, columns[4][3] = {{0}};
  __enzyme_fwddiff((void *)map, enzyme_width, 4, enzyme_dup, x, e[0], e[1], e[2], e[3], enzyme_dup, y, columns[0],
                   columns[1], columns[2], columns[3], enzyme_const, 3);
  for (int c = 0; c < 4; ++c)
    for (int r = 0; r < 3; ++r)
      checkDifference("jacobian", columns[c][r], DIFFERENCE(component(x, r), x[c]));
  return checkResult();
}
