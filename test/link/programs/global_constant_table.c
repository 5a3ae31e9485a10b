// Coefficients in constant global arrays, structs and two-dimensional tables; a lookup with linear interpolation.
#include "check.h"

extern int enzyme_out;
struct gradient {
  double dx, dy;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static const double coefficients[] = {1.0, -0.5, 0.25, 3.0};
static const double grid[4][5] = {{1, 2, 4, 3, 0}, {0, 5, 6, 2, 1}, {7, 1, 2, 8, 2}, {3, 3, 9, 1, 5}};
const struct material {
  int id;
  double density, limit;
} materials[] = {{1, 2.5, 1.0}, {2, 7.8, 2.5}, {3, 11.3, 100}};

static double bilinear(double x, double y) {
  int i = (int)x, j = (int)y;
  double u = x - i, v = y - j;
  return (1 - u) * ((1 - v) * grid[i][j] + v * grid[i][j + 1]) +
         u * ((1 - v) * grid[i + 1][j] + v * grid[i + 1][j + 1]);
}

static double lookup(double x, double y) {
  double p = 0;
  for (int i = 3; i >= 0; --i)
    p = p * x + coefficients[i];
  const struct material *m = materials;
  while (x > m->limit)
    ++m;
  return p * m->density + bilinear(x, y) * y;
}

int main(void) {
  double points[3][2] = {{0.4, 3.7}, {1.3, 0.2}, {2.9, 2.5}};
  for (int i = 0; i < 3; ++i) {
    double x = points[i][0], y = points[i][1];
    double wantX = DIFFERENCE(lookup(x, y), x), wantY = DIFFERENCE(lookup(x, y), y);
    struct gradient g = __enzyme_autodiff((void *)lookup, enzyme_out, x, enzyme_out, y);
    checkDifference("reverse x", g.dx, wantX);
    checkDifference("reverse y", g.dy, wantY);
    checkDifference("forward", __enzyme_fwddiff((void *)lookup, x, 1.0, y, 2.0), wantX + 2 * wantY);
  }
  return checkResult();
}
