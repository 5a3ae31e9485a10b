// malloc, calloc and free in every trip of a loop, with sizes that vary and a pointer that survives to the next trip.
#include "check.h"
#include <stdlib.h>

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double churn(double x, int trips) {
  double *previous = (double *)calloc(3, sizeof *previous), s = 0;
  previous[1] = x;
  for (int t = 0; t < trips; ++t) {
    int n = 3 + t % 4;
    double *fresh = (double *)malloc((size_t)n * sizeof *fresh);
    double *zeroed = (double *)calloc((size_t)n, sizeof *zeroed);
    for (int i = 0; i < n; ++i) {
      fresh[i] = previous[i % 3] * 0.5 + x * (i + 1);
      zeroed[(i * 2) % n] += fresh[i] * x;
    }
    s = s * 0.9 + zeroed[t % n] * fresh[0];
    free(zeroed);
    free(previous);
    previous = fresh;
    if (t == trips - 2)
      break;
  }
  s += previous[0];
  free(previous);
  return s;
}

int main(void) {
  for (int trips = 2; trips < 20; trips += 5) {
    double x = 0.53, want = DIFFERENCE(churn(x, trips), x);
    checkDifference("reverse", __enzyme_autodiff((void *)churn, enzyme_out, x, enzyme_const, trips), want);
    checkDifference("forward", __enzyme_fwddiff((void *)churn, x, 1.0, enzyme_const, trips), want);
  }
  return checkResult();
}
