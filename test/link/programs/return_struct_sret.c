// f returns a struct too large for registers, so the compiler passes a hidden pointer to the result.
#include "check.h"

struct vec {
  double x, y, z;
};
extern int enzyme_const, enzyme_dup;
extern struct vec __enzyme_fwddiff(void *, ...);
extern void __enzyme_autodiff_norm(void *, ...);
extern double __enzyme_fwddiff_norm(void *, ...);

static struct vec curve(double t) {
  struct vec v = {cos(t), sin(t), t * t};
  return v;
}

static struct vec cross(struct vec a, struct vec b) {
  struct vec c = {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
  return c;
}

// The struct results stay inside.
static double norm(const double *t) {
  struct vec c = cross(curve(t[0]), curve(t[1]));
  return sqrt(c.x * c.x + c.y * c.y + c.z * c.z);
}

int main(void) {
  struct vec v = __enzyme_fwddiff((void *)curve, 0.8, 2.0);
  checkExact("forward x", v.x, -2 * sin(0.8));
  checkExact("forward y", v.y, 2 * cos(0.8));
  checkExact("forward z", v.z, 3.2);

  double t[2] = {0.4, 1.3}, dt[2] = {0, 0}, want[2], forward[2];
  for (int i = 0; i < 2; ++i) {
    double e[2] = {i == 0, i == 1};
    want[i] = DIFFERENCE(norm(t), t[i]);
    forward[i] = __enzyme_fwddiff_norm((void *)norm, enzyme_dup, t, e);
  }
  __enzyme_autodiff_norm((void *)norm, enzyme_dup, t, dt);
  checkArrayDifference("reverse norm", dt, want, 2);
  checkArrayDifference("forward norm", forward, want, 2);
  return checkResult();
}
