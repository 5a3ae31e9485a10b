// An interpreter that calls itself and returns tagged values, numbers or integers, in registers.
#include "check.h"

struct value {
  int isInteger;
  union {
    double real;
    long integer;
  } u;
};

struct expression {
  enum { CONSTANT, INPUT, SUM, PRODUCT } kind;
  const struct expression *left, *right;
  struct value constant;
  int input;
};

extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double number(struct value v) { return v.isInteger ? (double)v.u.integer : v.u.real; }

static struct value evaluate(const struct expression *e, const double *x) {
  struct value result = {.isInteger = 0};
  if (e->kind == CONSTANT)
    return e->constant;
  if (e->kind == INPUT) {
    result.u.real = x[e->input];
    return result;
  }
  struct value a = evaluate(e->left, x), b = evaluate(e->right, x);
  if (a.isInteger && b.isInteger) {
    result.isInteger = 1;
    result.u.integer = e->kind == SUM ? a.u.integer + b.u.integer : a.u.integer * b.u.integer;
  } else {
    result.u.real = e->kind == SUM ? number(a) + number(b) : number(a) * number(b);
  }
  return result;
}

static double f(const double *x) {
  const struct expression two = {.kind = CONSTANT, .constant = {1, {.integer = 2}}},
                          three = {.kind = CONSTANT, .constant = {1, {.integer = 3}}},
                          square = {.kind = CONSTANT, .constant = {0, {.real = x[1] * x[1]}}},
                          x0 = {.kind = INPUT, .input = 0}, x1 = {.kind = INPUT, .input = 1},
                          five = {SUM, &two, &three}, a = {PRODUCT, &x0, &five}, b = {PRODUCT, &a, &x1},
                          c = {SUM, &b, &two}, d = {PRODUCT, &c, &square}, all = {SUM, &d, &x0};
  return number(evaluate(&all, x));
}

int main(void) {
  double x[2] = {0.5, 1.25}, dx[2] = {0}, forward[2], y = x[1];
  // (5 x0 x1 + 2) x1^2 + x0
  const double want[2] = {5 * y * y * y + 1, 15 * x[0] * y * y + 4 * y};
  __enzyme_autodiff((void *)f, enzyme_dup, x, dx);
  for (int i = 0; i < 2; ++i) {
    double direction[2] = {i == 0, i == 1};
    forward[i] = __enzyme_fwddiff((void *)f, enzyme_dup, x, direction);
  }
  checkArrayExact("reverse", dx, want, 2);
  checkArrayExact("forward", forward, want, 2);
  return checkResult();
}
