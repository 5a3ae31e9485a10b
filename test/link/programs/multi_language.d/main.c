// A C program asks for the derivative of a C function that calls into C++, which calls back into C.
#include "../check.h"

extern int enzyme_out, enzyme_const;
struct gradient {
  double da, db;
};
extern struct gradient __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double mixtureOf(double a, double b, int n); // mixture.cpp

double kernel(double x, double y) { return exp(-x * y) + y * y; }

static double model(double a, double b, int n) { return mixtureOf(a * b, b, n) * a; }

int main(void) {
  double a = 0.7, b = 1.4, wantA = DIFFERENCE(model(a, b, 5), a), wantB = DIFFERENCE(model(a, b, 5), b);
  struct gradient g = __enzyme_autodiff((void *)model, enzyme_out, a, enzyme_out, b, enzyme_const, 5);
  checkDifference("reverse a", g.da, wantA);
  checkDifference("reverse b", g.db, wantB);
  checkDifference("forward", __enzyme_fwddiff((void *)model, a, 1.0, b, 1.0, 5), wantA + wantB);
  return checkResult();
}
