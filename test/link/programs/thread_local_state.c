// Active values pass through thread-local variables.
#include "check.h"

extern int enzyme_out;
struct gradient {
  double dx, dy;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static _Thread_local double accumulator;
_Thread_local double history[4];

__attribute__((noinline)) static void push(double v) {
  for (int i = 3; i > 0; --i)
    history[i] = history[i - 1];
  history[0] = v;
  accumulator += v * history[2];
}

static double feed(double x, double y) {
  accumulator = 0;
  for (int i = 0; i < 4; ++i)
    history[i] = y;
  for (int i = 0; i < 6; ++i)
    push(sin(x * i) + accumulator * 0.1);
  return accumulator * history[3];
}

int main(void) {
  double x = 0.7, y = 0.3, wantX = DIFFERENCE(feed(x, y), x), wantY = DIFFERENCE(feed(x, y), y);
  struct gradient g = __enzyme_autodiff((void *)feed, enzyme_out, x, enzyme_out, y);
  checkDifference("reverse x", g.dx, wantX);
  checkDifference("reverse y", g.dy, wantY);
  checkDifference("forward", __enzyme_fwddiff((void *)feed, x, 1.0, y, -1.0), wantX - wantY);
  return checkResult();
}
