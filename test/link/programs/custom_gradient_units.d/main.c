// The function, its registration and the request live in three units; nobody refers to the registration.
#include "../check.h"

extern int enzyme_out;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double square(double x);

static double user(double x) { return square(x) * 3 + x; }

int main(void) {
  checkExact("reverse", __enzyme_autodiff((void *)user, enzyme_out, 2.0), 121);
  checkExact("forward", __enzyme_fwddiff((void *)user, 2.0, 1.0), 1201);
  return checkResult();
}
