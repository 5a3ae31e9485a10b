// Reverse mode of width three: three output seeds, three input shadows, one pass.
#include "check.h"

extern int enzyme_width, enzyme_dup;
extern void __enzyme_autodiff(void *, ...);

static void map(const double *x, double *y) {
  y[0] = x[0] * x[1] * x[2];
  y[1] = sin(x[0]) / x[2];
  for (int i = 0; i < 4; ++i)
    y[1] = y[1] * x[1] + y[0];
  y[2] = y[1] * y[1] - x[0];
}

static double component(const double *x, int row) {
  double y[3];
  map(x, y);
  return y[row];
}

int main(void) {
  double x[3] = {0.8, -0.5, 1.3}, y[3];
  double seeds[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, rows[3][3] = {{0}};
  __enzyme_autodiff((void *)map, enzyme_width, 3, enzyme_dup, x, rows[0], rows[1], rows[2], enzyme_dup, y, seeds[0],
                    seeds[1], seeds[2]);
  for (int r = 0; r < 3; ++r)
    for (int c = 0; c < 3; ++c)
      checkDifference("jacobian", rows[r][c], DIFFERENCE(component(x, r), x[c]));
  return checkResult();
}
