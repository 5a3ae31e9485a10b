// enzyme_dupv: the shadows of all lanes lie at a fixed byte distance in one block.
#include "check.h"

extern int enzyme_width, enzyme_dupv, enzyme_const;
struct three {
  double d[3];
};
extern struct three __enzyme_fwddiff(void *, ...);

static double norm(const double *x, int n) {
  double s = 0;
  for (int i = 0; i < n; ++i)
    s += x[i] * x[i];
  return sqrt(s);
}

int main(void) {
  double x[3] = {2, 3, 6}, identity[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, want[3] = {2.0 / 7, 3.0 / 7, 6.0 / 7};
  struct three g =
      __enzyme_fwddiff((void *)norm, enzyme_width, 3, enzyme_dupv, sizeof identity[0], x, identity, enzyme_const, 3);
  checkArrayExact("gradient", g.d, want, 3);
  return checkResult();
}
