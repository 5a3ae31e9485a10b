// Objects that end with an array of as many numbers as they say, copied and cleared as a whole.
#include "check.h"
#include <stdlib.h>
#include <string.h>

extern int enzyme_dup, enzyme_const;
void __enzyme_autodiff(void *, ...);
double __enzyme_fwddiff(void *, ...);

struct Row {
  int count;
  double scale;
  struct Row *next;
  double values[];
};

static size_t bytesOf(int count) { return sizeof(struct Row) + count * sizeof(double); }

__attribute__((noinline)) static struct Row *newRow(int count) {
  struct Row *row = malloc(bytesOf(count));
  memset(row, 0, bytesOf(count));
  row->count = count;
  return row;
}

__attribute__((noinline)) static struct Row *copyOf(const struct Row *row) {
  struct Row *copy = malloc(bytesOf(row->count));
  memcpy(copy, row, bytesOf(row->count));
  return copy;
}

static double f(const double *x, int n) {
  struct Row *row = newRow(n);
  row->scale = x[0];
  for (int i = 1; i < n; ++i)
    row->values[i] = x[i] * x[i];
  row->next = copyOf(row);
  row->next->values[1] *= 3;
  memmove(row->next->values + 2, row->next->values + 3, (n - 3) * sizeof(double));
  struct Row *chain = copyOf(row);
  double s = 0;
  for (int i = 0; i < chain->count; ++i)
    s += chain->values[i] * chain->next->values[i] * chain->next->scale + chain->next->values[i];
  free(row->next);
  free(row);
  free(chain);
  return s;
}

int main(void) {
  enum { N = 8 };
  double x[N], dx[N], want[N], forward[N];
  for (int i = 0; i < N; ++i) {
    x[i] = sin(3.1 * i) + 0.4;
    dx[i] = 0.5;
  }
  __enzyme_autodiff((void *)f, enzyme_dup, x, dx, enzyme_const, (int)N);
  for (int i = 0; i < N; ++i) {
    double e[N] = {0};
    e[i] = 1;
    dx[i] -= 0.5;
    forward[i] = __enzyme_fwddiff((void *)f, enzyme_dup, x, e, enzyme_const, (int)N);
    want[i] = DIFFERENCE(f(x, N), x[i]);
  }
  checkArrayDifference("reverse", dx, want, N);
  checkArrayDifference("forward", forward, want, N);
  return checkResult();
}
