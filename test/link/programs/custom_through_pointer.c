// A registered gradient also applies when the function is reached through a table of functions.
#include "check.h"

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

typedef double map(double);

static double doubled(double x) { return 2 * x; }
__attribute__((noinline)) static double square(double x) { return x * x; }
static double augmentedSquare(double x) { return x * x; }
static double reverseSquare(double x, double adjoint) { return 20 * x * adjoint; }
static double tangentSquare(double x, double tangent) { return 20 * x * tangent; }
void *__enzyme_register_gradient_square[] = {(void *)square, (void *)augmentedSquare, (void *)reverseSquare};
void *__enzyme_register_derivative_square[] = {(void *)square, (void *)tangentSquare};

static map *table[2] = {doubled, square};

__attribute__((noinline)) static double apply(int which, double x) { return table[which](x); }

static double user(double x, int which) { return apply(which, x) * 3; }

int main(int argc, char **argv) {
  (void)argv;
  if (argc > 7)
    table[0] = square;
  checkExact("plain reverse", __enzyme_autodiff((void *)user, enzyme_out, 1.5, enzyme_const, 0), 6);
  checkExact("plain forward", __enzyme_fwddiff((void *)user, 1.5, 1.0, enzyme_const, 0), 6);
  checkExact("custom reverse", __enzyme_autodiff((void *)user, enzyme_out, 1.5, enzyme_const, 1), 90);
  checkExact("custom forward", __enzyme_fwddiff((void *)user, 1.5, 1.0, enzyme_const, 1), 90);
  return checkResult();
}
