// An interpreter that jumps through a static table of label addresses.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { PUSH, ADD, MULTIPLY, SINE, HALT };

static double run(const unsigned char *code, const double *x) {
  static void *const steps[] = {&&push, &&add, &&multiply, &&sine, &&halt};
  double stack[16];
  int top = 0;
  goto *steps[*code++];
push:
  stack[top++] = x[*code++];
  goto *steps[*code++];
add:
  --top;
  stack[top - 1] += stack[top];
  goto *steps[*code++];
multiply:
  --top;
  stack[top - 1] *= stack[top];
  goto *steps[*code++];
sine:
  stack[top - 1] = sin(stack[top - 1]);
  goto *steps[*code++];
halt:
  return stack[0];
}

static double f(const double *x, int n) {
  static const unsigned char code[] = {PUSH, 0, PUSH, 1, MULTIPLY, PUSH, 1, ADD, SINE, PUSH, 2, MULTIPLY, HALT};
  return n ? run(code, x) : 0; // sin(x0 x1 + x1) x2
}

int main(void) {
  double x[3] = {0.5, 1.25, 2}, dx[3] = {0}, inner = x[0] * x[1] + x[1];
  double want[3] = {cos(inner) * x[1] * x[2], cos(inner) * (x[0] + 1) * x[2], sin(inner)}, forward[3];
  __enzyme_autodiff((void *)f, enzyme_dup, x, dx, enzyme_const, 3);
  for (int i = 0; i < 3; ++i) {
    double e[3] = {0};
    e[i] = 1;
    forward[i] = __enzyme_fwddiff((void *)f, enzyme_dup, x, e, enzyme_const, 3);
  }
  checkArrayExact("reverse", dx, want, 3);
  checkArrayExact("forward", forward, want, 3);
  return checkResult();
}
