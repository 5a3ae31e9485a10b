// Units compiled at different levels in one link: this one as the test says, the others at -O0 and -O3.
#include "../check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double objective(const double *x, int n); // slow.c, calls fast.c

int main(void) {
  enum { N = 9 };
  double x[N], dx[N] = {0}, want[N], forward[N];
  for (int i = 0; i < N; ++i)
    x[i] = sin(1.0 + 1.1 * i);
  __enzyme_autodiff((void *)objective, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    want[i] = DIFFERENCE(objective(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)objective, enzyme_dup, x, e, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
