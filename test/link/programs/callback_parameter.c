// The differentiated function itself takes a constant function pointer argument.
#include "check.h"

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double cube(double x) { return x * x * x; }
static double root(double x) { return sqrt(x); }

static double trapezoid(double (*f)(double), double a, double b, int n) {
  double h = (b - a) / n, s = (f(a) + f(b)) / 2;
  for (int i = 1; i < n; ++i)
    s += f(a + i * h);
  return s * h;
}

int main(void) {
  double (*integrands[2])(double) = {cube, root};
  for (int i = 0; i < 2; ++i) {
    double (*f)(double) = integrands[i], a = 0.5, b = 2.5;
    double wantA = DIFFERENCE(trapezoid(f, a, b, 20), a), wantB = DIFFERENCE(trapezoid(f, a, b, 20), b);
    double da = __enzyme_autodiff((void *)trapezoid, enzyme_const, f, enzyme_out, a, enzyme_const, b, enzyme_const, 20);
    checkDifference("reverse a", da, wantA);
    double fb = __enzyme_fwddiff((void *)trapezoid, enzyme_const, f, enzyme_const, a, b, 1.0, enzyme_const, 20);
    checkDifference("forward b", fb, wantB);
  }
  return checkResult();
}
