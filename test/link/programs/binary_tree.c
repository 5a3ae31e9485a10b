// An expression tree on the heap, evaluated recursively; its shadow is a tree of the same shape.
#include "check.h"
#include <stdlib.h>

struct tree {
  char op;
  double value;
  struct tree *left, *right;
};

extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double eval(const struct tree *t) {
  switch (t->op) {
  case '+':
    return eval(t->left) + eval(t->right);
  case '*':
    return eval(t->left) * eval(t->right);
  case 's':
    return sin(eval(t->left));
  default:
    return t->value;
  }
}

static struct tree *make(char op, double value, struct tree *left, struct tree *right) {
  struct tree *t = (struct tree *)malloc(sizeof *t);
  *t = (struct tree){op, value, left, right};
  return t;
}

static struct tree *shadowOf(const struct tree *t) {
  return t ? make(t->op, 0, shadowOf(t->left), shadowOf(t->right)) : NULL;
}

static void destroy(struct tree *t) {
  if (!t)
    return;
  destroy(t->left);
  destroy(t->right);
  free(t);
}

int main(void) {
  // (a * sin(b)) + (b2 * a2)
  struct tree *a = make('v', 1.5, NULL, NULL), *b = make('v', 0.7, NULL, NULL), *c = make('v', -2, NULL, NULL);
  struct tree *root = make('+', 0, make('*', 0, a, make('s', 0, b, NULL)), make('*', 0, c, make('v', 4, NULL, NULL)));
  struct tree *d = shadowOf(root), *t = shadowOf(root);
  __enzyme_autodiff((void *)eval, enzyme_dup, root, d);
  checkExact("reverse a", d->left->left->value, sin(0.7));
  checkExact("reverse b", d->left->right->left->value, 1.5 * cos(0.7));
  checkExact("reverse c", d->right->left->value, 4);
  t->left->left->value = 1, t->left->right->left->value = -1;
  checkExact("forward", __enzyme_fwddiff((void *)eval, enzyme_dup, root, t), sin(0.7) - 1.5 * cos(0.7));
  destroy(root), destroy(d), destroy(t);
  return checkResult();
}
