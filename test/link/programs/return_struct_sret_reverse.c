// Reverse mode on a function whose result lies behind a hidden pointer: all fields are seeded with one.
#include "check.h"

struct vec {
  double x, y, z;
};
extern double __enzyme_autodiff(void *, ...);

static struct vec curve(double t) {
  struct vec v = {cos(t), sin(t), t * t};
  return v;
}

int main(void) {
  checkExact("reverse", __enzyme_autodiff((void *)curve, 0.8), -sin(0.8) + cos(0.8) + 1.6);
  return checkResult();
}
