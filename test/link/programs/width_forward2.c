// Two directions at once: scalars take two tangents each and a struct of two comes back.
#include "check.h"

extern int enzyme_width, enzyme_dup, enzyme_const;
struct two {
  double a, b;
};
extern struct two __enzyme_fwddiff(void *, ...);

static double f(double x, double y, int n) {
  double s = 1;
  for (int i = 0; i < n; ++i)
    s = s * x + sin(y * i);
  return s;
}

int main(void) {
  double x = 0.9, y = 0.35;
  double wantX = DIFFERENCE(f(x, y, 6), x), wantY = DIFFERENCE(f(x, y, 6), y);
  struct two both =
      __enzyme_fwddiff((void *)f, enzyme_width, 2, enzyme_dup, x, 1.0, 0.0, enzyme_dup, y, 0.0, 1.0, enzyme_const, 6);
  checkDifference("d/dx", both.a, wantX);
  checkDifference("d/dy", both.b, wantY);
  struct two again = __enzyme_fwddiff((void *)f, enzyme_width, 2, x, 2.0, -1.0, y, 3.0, 1.0, 6);
  checkDifference("2x+3y", again.a, 2 * wantX + 3 * wantY);
  checkDifference("y-x", again.b, wantY - wantX);
  return checkResult();
}
