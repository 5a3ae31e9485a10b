// A switch with fall-through, a default and sparse cases, executed by a small stack machine.
#include "check.h"

extern int enzyme_const, enzyme_out;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

double run(const char *program, double x) {
  double stack[16] = {0};
  int top = 0;
  for (const char *op = program; *op; ++op)
    switch (*op) {
    case 'x':
      stack[top++] = x;
      break;
    case '+':
      --top;
      stack[top - 1] += stack[top];
      break;
    case '*':
      --top;
      stack[top - 1] *= stack[top];
      break;
    case 'E': // exp of sin: falls through
      stack[top - 1] = sin(stack[top - 1]);
      // fall through
    case 'e':
      stack[top - 1] = exp(stack[top - 1]);
      break;
    case 'd':
      stack[top] = stack[top - 1];
      ++top;
      break;
    default:
      stack[top++] = *op - '0';
    }
  return stack[0];
}

int main(void) {
  const char *programs[] = {"x", "7", "x2*e", "xd*E3+", "xd*d*x+Edx*+", "3xe*x+dd**"};
  for (int i = 0; i < 6; ++i) {
    double x = 0.45, want = DIFFERENCE(run(programs[i], x), x);
    checkDifference(programs[i], __enzyme_autodiff((void *)run, enzyme_const, programs[i], enzyme_out, x), want);
    checkDifference(programs[i], __enzyme_fwddiff((void *)run, enzyme_const, programs[i], x, 1.0), want);
  }
  return checkResult();
}
