// A workspace struct holds pointers to constant and to active arrays; f stores further pointers into it.
#include "check.h"

struct workspace {
  const double *table; // constant: its shadow pointer is a block of zeros
  double *input, *work;
  double *best;
  int n;
};

extern int enzyme_dup;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

static double run(struct workspace *w) {
  w->best = w->work;
  for (int i = 0; i < w->n; ++i) {
    w->work[i] = w->input[i] * w->table[i];
    if (w->work[i] > *w->best)
      w->best = &w->work[i];
  }
  *w->best *= *w->best;
  double s = 0;
  for (int i = 0; i < w->n; ++i)
    s += w->work[i] * w->input[0];
  return s;
}

int main(void) {
  enum { N = 4 };
  double table[N] = {1, 2, 3, 0.5}, x[N] = {0.5, 1.5, 0.7, -2}, work[N], want[N], forward[N];
  double ztable[N] = {0}, dx[N] = {0}, dwork[N] = {0};
  struct workspace w = {table, x, work, 0, N}, d = {ztable, dx, dwork, 0, 0};
  __enzyme_autodiff((void *)run, enzyme_dup, &w, &d);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0}, ttable[N] = {0}, twork[N] = {0};
    struct workspace t = {ttable, e, twork, 0, 0};
    e[i] = 1;
    want[i] = DIFFERENCE(run(&w), x[i]);
    forward[i] = __enzyme_fwddiff((void *)run, enzyme_dup, &w, &t);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
