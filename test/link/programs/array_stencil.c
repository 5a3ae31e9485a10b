// A two-dimensional nine-point stencil on a C array of arrays, with wrap-around indices.
#include "check.h"

extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { ROWS = 4, COLUMNS = 5 };

static double smooth(const double in[ROWS][COLUMNS]) {
  double out[ROWS][COLUMNS], s = 0;
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < COLUMNS; ++j) {
      double sum = 4 * in[i][j] * in[i][j];
      for (int di = -1; di <= 1; ++di)
        for (int dj = -1; dj <= 1; ++dj)
          sum += in[(i + di + ROWS) % ROWS][(j + dj + COLUMNS) % COLUMNS] * (2 - di * dj);
      out[i][j] = tanh(sum / 10);
    }
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < COLUMNS; ++j)
      s += out[i][j] * out[ROWS - 1 - i][j] * (i + 1);
  return s;
}

int main(void) {
  double in[ROWS][COLUMNS], din[ROWS][COLUMNS] = {{0}}, want[ROWS * COLUMNS], forward[ROWS * COLUMNS];
  for (int i = 0; i < ROWS; ++i)
    for (int j = 0; j < COLUMNS; ++j)
      in[i][j] = cos(1.0 + 3 * i + 7 * j);
  __enzyme_autodiff((void *)smooth, enzyme_dup, in, din);
  for (int k = 0; k < ROWS * COLUMNS; ++k) {
    double e[ROWS][COLUMNS] = {{0}}, *x = &in[k / COLUMNS][k % COLUMNS];
    e[k / COLUMNS][k % COLUMNS] = 1;
    want[k] = DIFFERENCE(smooth(in), *x);
    forward[k] = __enzyme_fwddiff((void *)smooth, enzyme_dup, in, e);
  }
  checkArrayDifference("reverse", &din[0][0], want, ROWS * COLUMNS);
  checkArrayDifference("forward", forward, want, ROWS * COLUMNS);
  return checkResult();
}
