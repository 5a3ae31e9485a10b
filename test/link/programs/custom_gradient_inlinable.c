// A registered function that a compiler would inline at once: the rule must win over the inliner.
#include "check.h"

extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double cube(double x) { return x * x * x; }
static double augmentedCube(double x) { return x * x * x; }
static double reverseCube(double x, double adjoint) { return 300 * x * x * adjoint; }
static double tangentCube(double x, double tangent) { return 3000 * x * x * tangent; }

void *__enzyme_register_gradient_cube[] = {(void *)cube, (void *)augmentedCube, (void *)reverseCube};
void *__enzyme_register_derivative_cube[] = {(void *)cube, (void *)tangentCube};

static double user(double x) { return cube(x) + x; }

int main(void) {
  checkExact("reverse", __enzyme_autodiff((void *)user, 2.0), 1201);
  checkExact("forward", __enzyme_fwddiff((void *)user, 2.0, 1.0), 12001);
  return checkResult();
}
