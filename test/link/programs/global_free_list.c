// Nodes come from a free list inside a static array. Calls of the function itself, between those of its derivatives,
// leave the list in another order: the pointers a derivative finds in globals were not stored by a derivative.
#include "check.h"

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

struct node {
  double value, square;
  struct node *next;
};
static struct node store[16], *unused;
static int ready;

static struct node *take(void) {
  if (!ready) {
    for (int i = 0; i < 15; ++i)
      store[i].next = &store[i + 1];
    unused = store;
    ready = 1;
  }
  struct node *node = unused;
  unused = node->next;
  return node;
}

static void giveBack(struct node *node) {
  node->next = unused;
  unused = node;
}

static double f(const double *x, int n) {
  struct node *first = 0;
  for (int i = 0; i < n; ++i) {
    struct node *node = take();
    node->value = x[i];
    node->square = x[i] * x[i];
    node->next = first;
    first = node;
  }
  double sum = 0, weight = 1;
  while (first) {
    struct node *next = first->next;
    sum += first->value * first->square * weight;
    weight += first->value;
    giveBack(first);
    first = next;
  }
  return sum;
}

int main(void) {
  enum { N = 4 };
  double x[N] = {0.5, 1.25, 2, 0.75}, want[N], forward[N];
  for (int round = 0; round < 2; ++round) {
    double dx[N] = {0};
    __enzyme_autodiff((void *)f, enzyme_dup, x, dx, enzyme_const, N);
    for (int i = 0; i < N; ++i) {
      double e[N] = {0};
      e[i] = 1;
      want[i] = DIFFERENCE(f(x, N), x[i]);
      forward[i] = __enzyme_fwddiff((void *)f, enzyme_dup, x, e, enzyme_const, N);
    }
    checkArrayDifference("reverse", dx, want, N);
    checkArrayDifference("forward", forward, want, N);
  }
  return checkResult();
}
