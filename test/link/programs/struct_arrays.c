// Arrays of integers beside arrays of numbers in one struct, and in one allocation: where one
// ends and the next begins the code does not say. Integers are moved there as numbers are.
#include "check.h"
#include <stdlib.h>
#include <string.h>

extern int enzyme_dup, enzyme_const;
extern double __enzyme_autodiff(void *, ...);
extern double __enzyme_fwddiff(void *, ...);

enum { ROWS = 5 };

struct table {
  int rows;
  int key[ROWS];
  double value[ROWS];
  short mark[ROWS];
  int tag[ROWS];
  double weight[ROWS];
};

static void swapRows(struct table *t, int i, int j) {
  int key = t->key[i], tag = t->tag[i];
  short mark = t->mark[i];
  double value = t->value[i], weight = t->weight[i];
  t->key[i] = t->key[j], t->tag[i] = t->tag[j], t->mark[i] = t->mark[j];
  t->value[i] = t->value[j], t->weight[i] = t->weight[j];
  t->key[j] = key, t->tag[j] = tag, t->mark[j] = mark, t->value[j] = value, t->weight[j] = weight;
}

static void sortRows(struct table *t) {
  for (int i = 1; i < t->rows; ++i)
    for (int j = i; j > 0 && t->value[j] < t->value[j - 1]; --j)
      swapRows(t, j, j - 1);
}

static double sortedTable(const double *x, int n) {
  struct table t, *copy = malloc(sizeof *copy);
  t.rows = n;
  for (int i = 0; i < n; ++i) {
    t.key[i] = i, t.tag[i] = 2 * i + 1, t.mark[i] = (short)(i % 2);
    t.value[i] = x[i] * x[i], t.weight[i] = sin(x[i]);
  }
  sortRows(&t);
  *copy = t;
  copy->rows = n - 1;
  for (int i = 0; i + 1 < n; ++i)
    copy->key[i] = t.key[i + 1];
  sortRows(copy);
  double sum = 0;
  for (int i = 0; i < copy->rows; ++i)
    sum += copy->value[i] * copy->weight[i] * copy->tag[i] + x[copy->key[i]] * (i + 1 + copy->mark[i]);
  free(copy);
  return sum;
}

// A sparse matrix whose three arrays come from one malloc.
struct sparse {
  int rows;
  int *start, *column;
  double *value;
};

static struct sparse *newSparse(int rows, int entries) {
  size_t header = (sizeof(struct sparse) + 7) / 8 * 8;
  char *block = malloc(header + entries * sizeof(double) + (rows + 1 + entries) * sizeof(int));
  struct sparse *a = (struct sparse *)block;
  a->rows = rows;
  a->value = (double *)(block + header);
  a->start = (int *)(a->value + entries);
  a->column = a->start + rows + 1;
  return a;
}

static struct sparse *transpose(const struct sparse *a) {
  int next[ROWS + 1] = {0};
  struct sparse *t = newSparse(a->rows, a->start[a->rows]);
  for (int k = 0; k < a->start[a->rows]; ++k)
    ++next[a->column[k] + 1];
  for (int i = 0; i < a->rows; ++i)
    next[i + 1] += next[i];
  for (int i = 0; i <= a->rows; ++i)
    t->start[i] = next[i];
  for (int i = 0; i < a->rows; ++i)
    for (int k = a->start[i]; k < a->start[i + 1]; ++k) {
      int at = next[a->column[k]]++;
      t->column[at] = i;
      t->value[at] = a->value[k];
    }
  return t;
}

static double sparseProduct(const double *x, int n) {
  struct sparse *a = newSparse(n, 3 * n);
  int entries = 0;
  for (int i = 0; i < n; ++i) {
    a->start[i] = entries;
    for (int j = i - 1; j <= i + 1; ++j)
      if (j >= 0 && j < n) {
        a->column[entries] = j;
        a->value[entries++] = x[i] * exp(0.1 * x[j]) + i;
      }
  }
  a->start[n] = entries;
  struct sparse *t = transpose(a);
  double sum = 0;
  for (int i = 0; i < n; ++i)
    for (int k = t->start[i]; k < t->start[i + 1]; ++k)
      sum += t->value[k] * t->value[k] * x[t->column[k]] * (i + 1);
  free(a);
  free(t);
  return sum;
}

static void check(const char *name, double (*f)(const double *, int)) {
  double x[ROWS] = {0.9, -1.1, 0.7, 1.3, 0.5}, dx[ROWS] = {1, 2, 3, 4, 5}, want[ROWS], forward[ROWS];
  for (int i = 0; i < ROWS; ++i)
    want[i] = i + 1 + DIFFERENCE(f(x, ROWS), x[i]);
  __enzyme_autodiff((void *)f, enzyme_dup, x, dx, enzyme_const, ROWS);
  checkArrayDifference(name, dx, want, ROWS);
  for (int i = 0; i < ROWS; ++i) {
    double direction[ROWS] = {0};
    direction[i] = 1;
    forward[i] = i + 1 + __enzyme_fwddiff((void *)f, enzyme_dup, x, direction, enzyme_const, ROWS);
  }
  checkArrayDifference(name, forward, want, ROWS);
}

int main(void) {
  check("sorted", sortedTable);
  check("sparse", sparseProduct);
  return checkResult();
}
