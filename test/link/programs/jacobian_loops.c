// A Jacobian row by row in reverse mode and column by column in forward mode; the two agree with each other.
#include "check.h"

extern int enzyme_dup, enzyme_dupnoneed, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

enum { IN = 3, OUT = 4 };

static void arm(const double *q, double *y, int n) { // end point, elbow height and orientation of a robot arm
  double angle = 0, px = 0, py = 0;
  for (int i = 0; i < n; ++i) {
    angle += q[i];
    px += cos(angle) / (i + 1);
    py += sin(angle) / (i + 1);
    if (i == 1)
      y[2] = py * py;
  }
  y[0] = px;
  y[1] = py;
  y[3] = tan(angle / 4);
}

static double component(const double *q, int row) {
  double y[OUT];
  arm(q, y, IN);
  return y[row];
}

int main(void) {
  double q[IN] = {0.5, -0.9, 1.7}, y[OUT], rows[OUT * IN] = {0}, columns[OUT * IN], want[OUT * IN];
  for (int r = 0; r < OUT; ++r) {
    double seed[OUT] = {0};
    seed[r] = 1;
    __enzyme_autodiff((void *)arm, enzyme_dup, q, rows + r * IN, enzyme_dupnoneed, y, seed, enzyme_const, IN);
  }
  for (int c = 0; c < IN; ++c) {
    double direction[IN] = {0}, ty[OUT];
    direction[c] = 1;
    __enzyme_fwddiff((void *)arm, enzyme_dup, q, direction, enzyme_dupnoneed, y, ty, enzyme_const, IN);
    for (int r = 0; r < OUT; ++r) {
      columns[r * IN + c] = ty[r];
      want[r * IN + c] = DIFFERENCE(component(q, r), q[c]);
    }
  }
  checkArrayDifference("reverse", rows, want, OUT * IN);
  checkArrayExact("forward equals reverse", columns, rows, OUT * IN);
  return checkResult();
}
