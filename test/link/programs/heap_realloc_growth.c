// An array that doubles by realloc while it is filled, and shrinks at the end.
#include "check.h"
#include <stdlib.h>

extern int enzyme_out, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

struct buffer {
  double *data;
  size_t size, capacity;
};

static void append(struct buffer *b, double v) {
  if (b->size == b->capacity) {
    b->capacity = b->capacity ? 2 * b->capacity : 1;
    b->data = (double *)realloc(b->data, b->capacity * sizeof *b->data);
  }
  b->data[b->size++] = v;
}

static double sequence(double x, int n) {
  struct buffer b = {NULL, 0, 0};
  for (int i = 0; i < n; ++i)
    append(&b, i < 2 ? x + i : sin(b.data[i - 1]) * b.data[i - 2]);
  b.data = (double *)realloc(b.data, (size_t)(n / 2 + 1) * sizeof *b.data);
  double s = 0;
  for (int i = 0; i <= n / 2; ++i)
    s += b.data[i] * b.data[i];
  free(b.data);
  return s;
}

int main(void) {
  for (int n = 2; n < 70; n += 22) {
    double x = 0.9, want = DIFFERENCE(sequence(x, n), x);
    checkDifference("reverse", __enzyme_autodiff((void *)sequence, enzyme_out, x, enzyme_const, n), want);
    checkDifference("forward", __enzyme_fwddiff((void *)sequence, x, 1.0, enzyme_const, n), want);
  }
  return checkResult();
}
