// A constant table of functions, one of a struct of functions, and a mutable table filled at run time.
#include "check.h"

extern int enzyme_out, enzyme_const, enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

typedef double binary(double, double);

static double add(double a, double b) { return a + b; }
static double multiply(double a, double b) { return a * b; }
static double divide(double a, double b) { return a / (2 + b * b); }
static double power(double a, double b) { return exp(0.1 * a * b); }

static binary *const constantTable[4] = {add, multiply, divide, power};
static const struct operation {
  char symbol;
  binary *apply;
} operations[] = {{'+', add}, {'*', multiply}, {'/', divide}, {'^', power}};
static binary *mutableTable[2];

static double viaTables(const double *x, const char *script) {
  double s = x[0];
  for (int i = 0; script[i]; ++i) {
    for (int k = 0; k < 4; ++k)
      if (operations[k].symbol == script[i])
        s = operations[k].apply(s, x[i % 3]);
    s = constantTable[(i * 3) % 4](x[(i + 1) % 3], s);
    s = mutableTable[i % 2](s, 0.5);
  }
  return s;
}

int main(int argc, char **argv) {
  (void)argv;
  mutableTable[0] = argc > 5 ? add : power;
  mutableTable[1] = argc > 5 ? power : divide;
  double x[3] = {0.8, 1.3, -0.6}, dx[3] = {0}, want[3], forward[3];
  __enzyme_autodiff((void *)viaTables, enzyme_dup, x, dx, enzyme_const, "+*/^*+");
  for (int i = 0; i < 3; ++i) {
    double e[3] = {i == 0, i == 1, i == 2};
    want[i] = DIFFERENCE(viaTables(x, "+*/^*+"), x[i]);
    forward[i] = __enzyme_fwddiff((void *)viaTables, enzyme_dup, x, e, enzyme_const, "+*/^*+");
  }
  checkArrayDifference("reverse", dx, want, 3);
  checkArrayDifference("forward", forward, want, 3);
  return checkResult();
}
