// An expression tree whose nodes hold a number, an index or their children, in the same bytes.
#include "check.h"
#include <stdlib.h>

struct node {
  enum { NUMBER, INPUT, SUM, PRODUCT, SINE, POWER } kind;
  union {
    double number;
    int input;
    struct {
      struct node *left, *right;
    } children;
    struct {
      struct node *base;
      int exponent;
    } power;
  } u;
};

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static struct node *make(int kind) {
  struct node *made = malloc(sizeof *made);
  made->kind = kind;
  return made;
}

static struct node *number(double value) {
  struct node *made = make(NUMBER);
  made->u.number = value;
  return made;
}

static struct node *input(int index) {
  struct node *made = make(INPUT);
  made->u.input = index;
  return made;
}

static struct node *join(int kind, struct node *left, struct node *right) {
  struct node *made = make(kind);
  made->u.children.left = left;
  made->u.children.right = right;
  return made;
}

static struct node *power(struct node *base, int exponent) {
  struct node *made = make(POWER);
  made->u.power.base = base;
  made->u.power.exponent = exponent;
  return made;
}

static double evaluate(const struct node *n, const double *x) {
  switch (n->kind) {
  case NUMBER:
    return n->u.number;
  case INPUT:
    return x[n->u.input];
  case SUM:
    return evaluate(n->u.children.left, x) + evaluate(n->u.children.right, x);
  case PRODUCT:
    return evaluate(n->u.children.left, x) * evaluate(n->u.children.right, x);
  case SINE:
    return sin(evaluate(n->u.children.left, x));
  case POWER: {
    double base = evaluate(n->u.power.base, x), result = 1;
    for (int i = 0; i < n->u.power.exponent; ++i)
      result *= base;
    return result;
  }
  }
  return 0;
}

static void release(struct node *n) {
  if (!n)
    return;
  if (n->kind == SUM || n->kind == PRODUCT || n->kind == SINE) {
    release(n->u.children.left);
    release(n->u.children.right);
  } else if (n->kind == POWER) {
    release(n->u.power.base);
  }
  free(n);
}

static double build(const double *x, int n) {
  struct node *tree = number(x[0] * 2);
  for (int i = 0; i < n; ++i) {
    struct node *term = join(PRODUCT, input(i), number(x[(i + 1) % n]));
    tree = join(i % 2 ? SUM : PRODUCT, tree, i % 3 ? join(SINE, term, NULL) : power(term, 3));
  }
  double result = evaluate(tree, x);
  release(tree);
  return result;
}

int main(void) {
  enum { N = 5 };
  double x[N] = {0.5, 1.2, 0.7, -0.4, 1.1}, dx[N] = {0}, want[N], forward[N];
  __enzyme_autodiff((void *)build, enzyme_dup, x, dx, enzyme_const, N);
  for (int i = 0; i < N; ++i) {
    double direction[N] = {0};
    direction[i] = 1;
    want[i] = DIFFERENCE(build(x, N), x[i]);
    forward[i] = __enzyme_fwddiff((void *)build, enzyme_dup, x, direction, enzyme_const, N);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
