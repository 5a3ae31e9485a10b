// goto used the way numerical C uses it: retry with a smaller step, common clean-up at the end.
#include "check.h"
#include <stdlib.h>

extern int enzyme_out;
struct gradient {
  double da, db;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double descend(double a, double b) {
  double *trace = (double *)malloc(64 * sizeof(double)), x = a, step = 4, result = -1;
  int n = 0;
next:
  if (n == 40)
    goto done;
retry:
  trace[n] = x - step * (x - b) * (1 + x * x);
  if (fabs(trace[n] - b) > fabs(x - b)) {
    step /= 2;
    goto retry;
  }
  x = trace[n++];
  if (n < 6)
    goto next;
done:
  result = 0;
  for (int i = 0; i < n; ++i)
    result += trace[i] * (i + a);
  free(trace);
  return result;
}

int main(void) {
  double a = 1.4, b = 0.35, wantA = DIFFERENCE(descend(a, b), a), wantB = DIFFERENCE(descend(a, b), b);
  struct gradient g = __enzyme_autodiff((void *)descend, enzyme_out, a, enzyme_out, b);
  checkDifference("reverse a", g.da, wantA);
  checkDifference("reverse b", g.db, wantB);
  checkDifference("forward", __enzyme_fwddiff((void *)descend, a, 1.0, b, -2.0), wantA - 2 * wantB);
  return checkResult();
}
