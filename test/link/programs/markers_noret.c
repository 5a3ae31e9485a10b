// Return activity by marker: enzyme_noret and enzyme_const_return leave only what flows through memory.
#include "check.h"

extern int enzyme_noret, enzyme_const_return, enzyme_dup, enzyme_const;
extern void __enzyme_autodiff(void *, ...);
extern void __enzyme_fwddiff(void *, ...);

// Both the return value and *out depend on x.
static double both(const double *x, double *out) {
  *out = x[0] * x[1];
  return x[0] + 5 * x[1];
}

int main(void) {
  double x[2] = {2, 3}, out = 0, onlyMemory[2] = {3, 2};
  double dx[2] = {0, 0}, dout = 1;
  __enzyme_autodiff((void *)both, enzyme_const_return, enzyme_dup, x, dx, enzyme_dup, &out, &dout);
  checkArrayExact("reverse, constant return", dx, onlyMemory, 2);

  double tx[2] = {1, -1}, tout = 0;
  __enzyme_fwddiff((void *)both, enzyme_noret, enzyme_dup, x, tx, enzyme_dup, &out, &tout);
  checkExact("forward through memory", tout, 1);
  return checkResult();
}
