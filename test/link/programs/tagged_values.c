// A stack machine whose values are numbers or integers, in the same bytes: integers are counted with there,
// numbers are differentiated. Which of the two a value is, its tag says at run time.
#include "check.h"

struct value {
  int isInteger;
  union {
    double real;
    long integer;
  } u;
};

struct machine {
  struct value stack[32];
  int depth;
};

enum { INPUT, INTEGER, ADD, MULTIPLY, EXPONENTIAL, DUPLICATE, SWAP };

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static struct value ofReal(double real) { return (struct value){.isInteger = 0, .u.real = real}; }
static struct value ofInteger(long integer) { return (struct value){.isInteger = 1, .u.integer = integer}; }
static double number(struct value v) { return v.isInteger ? (double)v.u.integer : v.u.real; }
static void push(struct machine *m, struct value v) { m->stack[m->depth++] = v; }
static struct value pop(struct machine *m) { return m->stack[--m->depth]; }

static struct value sum(struct value a, struct value b) {
  return a.isInteger && b.isInteger ? ofInteger(a.u.integer + b.u.integer) : ofReal(number(a) + number(b));
}

static double run(const double *x, const int *code, int length) {
  struct machine m = {.depth = 0};
  for (int i = 0; i < length; ++i)
    switch (code[i]) {
    case INPUT:
      push(&m, ofReal(x[code[++i]]));
      break;
    case INTEGER:
      push(&m, ofInteger(code[++i]));
      break;
    case ADD: {
      struct value b = pop(&m), a = pop(&m);
      push(&m, sum(a, b));
      break;
    }
    case MULTIPLY: {
      struct value b = pop(&m), a = pop(&m);
      push(&m, ofReal(number(a) * number(b)));
      break;
    }
    case EXPONENTIAL:
      push(&m, ofReal(exp(number(pop(&m)))));
      break;
    case DUPLICATE: {
      struct value a = pop(&m);
      push(&m, a);
      push(&m, a);
      break;
    }
    case SWAP: {
      struct value a = pop(&m), b = pop(&m);
      push(&m, a);
      push(&m, b);
      break;
    }
    }
  return number(pop(&m));
}

int main(void) {
  // exp(x2) (9 x0^2 + x1) + 6, integers among it where numbers were before
  static const int code[] = {INPUT, 0, INTEGER,     3,        MULTIPLY, DUPLICATE, MULTIPLY, INPUT, 1,   SWAP, ADD,
                             INPUT, 2, EXPONENTIAL, MULTIPLY, INTEGER,  2,         INTEGER,  4,     ADD, ADD};
  const int length = sizeof code / sizeof *code;
  double x[3] = {0.5, 1.2, 0.7}, dx[3] = {0}, forward[3], e = exp(0.7);
  const double want[3] = {18 * 0.5 * e, e, e * (9 * 0.25 + 1.2)};
  __enzyme_autodiff((void *)run, enzyme_dup, x, dx, enzyme_const, code, enzyme_const, length);
  for (int i = 0; i < 3; ++i) {
    double direction[3] = {i == 0, i == 1, i == 2};
    forward[i] = __enzyme_fwddiff((void *)run, enzyme_dup, x, direction, enzyme_const, code, enzyme_const, length);
  }
  checkArrayExact("reverse", dx, want, 3);
  checkArrayExact("forward", forward, want, 3);
  return checkResult();
}
