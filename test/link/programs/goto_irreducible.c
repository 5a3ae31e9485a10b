// A loop that is entered in the middle: no single header dominates it.
#include "check.h"

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double twoDoors(double x, int side, int rounds) {
  double s = x;
  if (side)
    goto second;
first:
  s = s * x + 1;
  if (s > 50)
    return s - x;
second:
  s = sin(s) * 3 + x;
  if (--rounds > 0)
    goto first;
  return s * x;
}

int main(void) {
  for (int side = 0; side < 2; ++side)
    for (int rounds = 1; rounds < 7; rounds += 2) {
      double x = 1.3, want = DIFFERENCE(twoDoors(x, side, rounds), x);
      checkDifference("reverse",
                      __enzyme_autodiff((void *)twoDoors, enzyme_out, x, enzyme_const, side, enzyme_const, rounds),
                      want);
      checkDifference("forward", __enzyme_fwddiff((void *)twoDoors, x, 1.0, enzyme_const, side, enzyme_const, rounds),
                      want);
    }
  return checkResult();
}
