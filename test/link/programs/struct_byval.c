// Structs of several sizes passed and returned by value between functions: in registers, in memory, with integers.
#include "check.h"

struct small {
  double a;
  int n;
};
struct floats {
  float a, b, c;
};
struct large {
  double m[2][2];
  int n;
  double scale;
};

extern int enzyme_out;
struct gradient {
  double dx, dy;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

__attribute__((noinline)) static struct small grow(struct small s, double by) {
  s.a = s.a * by + s.n;
  s.n += 2;
  return s;
}

__attribute__((noinline)) static struct floats rotate(struct floats f) {
  return (struct floats){f.b * f.c, f.c - f.a, f.a * 2};
}

__attribute__((noinline)) static struct large square(struct large l) {
  struct large r = {{{0, 0}, {0, 0}}, l.n + 1, l.scale * l.scale};
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 2; ++j)
      for (int k = 0; k < 2; ++k)
        r.m[i][j] += l.m[i][k] * l.m[k][j] / l.scale;
  l.m[0][0] = 1e9; // the caller's copy must not change
  return r;
}

static double f(double x, double y) {
  struct small s = grow(grow((struct small){x, 3}, y), x);
  struct large l = {{{x, y}, {x * y, 1}}, 1, 1.5 + x};
  struct large q = square(square(l));
  struct floats r = rotate((struct floats){(float)x, (float)y, 0.5f});
  return s.a * s.n + q.m[0][1] + l.m[0][0] * q.m[1][0] + q.scale * q.n + r.a * r.c + r.b;
}

int main(void) {
  double x = 0.75, y = 1.25; // the steps are powers of two, so the floats are exact enough
  double wantX = DIFFERENCE_STEP(f(x, y), x, 1.0 / 256), wantY = DIFFERENCE_STEP(f(x, y), y, 1.0 / 256);
  struct gradient g = __enzyme_autodiff((void *)f, enzyme_out, x, enzyme_out, y);
  checkDifference("reverse x", g.dx, wantX);
  checkDifference("reverse y", g.dy, wantY);
  checkDifference("forward", __enzyme_fwddiff((void *)f, x, 1.0, y, -3.0), wantX - 3 * wantY);
  return checkResult();
}
