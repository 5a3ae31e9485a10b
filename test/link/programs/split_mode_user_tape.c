// Split reverse mode with a tape buffer that the caller owns; its size is a compile-time constant.
#include "check.h"
#include <stdlib.h>

extern int enzyme_dup, enzyme_const, enzyme_out, enzyme_tape, enzyme_allocated;
extern size_t __enzyme_augmentsize(void *, ...);
extern void __enzyme_augmentfwd(void *, ...);
extern void __enzyme_reverse(void *, ...);

static void rotate(double *x, const double *angles, int n) {
  for (int i = 0; i < n; ++i) {
    double c = cos(angles[i]), s = sin(angles[i]), kept = x[0];
    x[0] = c * x[0] - s * x[1] * x[1];
    x[1] = s * kept + c * x[1];
  }
}

static double weighted(double a, double b, const double *angles) {
  double x[2] = {a, b};
  rotate(x, angles, 4);
  return x[0] + 3 * x[1];
}

int main(void) {
  double angles[4] = {0.3, -0.5, 1.1, 0.7}, dangles[4] = {0}, x[2] = {0.6, -0.4}, dx[2], want[4];
  double a = x[0], b = x[1], wantX[2] = {DIFFERENCE(weighted(a, b, angles), a), DIFFERENCE(weighted(a, b, angles), b)};
  for (int i = 0; i < 4; ++i)
    want[i] = DIFFERENCE(weighted(a, b, angles), angles[i]);
  size_t size = __enzyme_augmentsize((void *)rotate, enzyme_dup, enzyme_dup, enzyme_const);
  void *buffer = malloc(size + 16);
  __enzyme_augmentfwd((void *)rotate, enzyme_allocated, size, enzyme_tape, buffer, enzyme_dup, x, dx, enzyme_dup,
                      angles, dangles, enzyme_const, 4);
  dx[0] = 1, dx[1] = 3;
  __enzyme_reverse((void *)rotate, enzyme_allocated, size, enzyme_tape, buffer, enzyme_dup, x, dx, enzyme_dup, angles,
                   dangles, enzyme_const, 4);
  checkArrayDifference("reverse x", dx, wantX, 2);
  checkArrayDifference("reverse angles", dangles, want, 4);
  free(buffer);
  return checkResult();
}
