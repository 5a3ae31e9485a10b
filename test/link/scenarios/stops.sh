#!/bin/sh
# What shows only when the program runs stops it with a message: a copy of more than the one object that is known,
# numbers read back from memory that an earlier call left to a global, and integer arithmetic on numbers in memory.
. "${0%/*}/common.sh"

cat >copy.c <<'END'
#include <linkgrad.h>
#include <stdlib.h>
#include <string.h>
struct sample { int tag; double v; int other; double w; };
__attribute__((noinline)) static void copy(void *to, const void *from, size_t bytes) { memcpy(to, from, bytes); }
double f(const double *x, size_t bytes) {
  struct sample *a = calloc(1, bytes), *b = calloc(1, bytes);
  a->v = x[0];
  a->w = x[1];
  copy(b, a, bytes);
  double result = b->v * b->w;
  free(a);
  free(b);
  return result;
}
int main(int argc, char **argv) {
  double x[2] = {1.5, 2.5}, dx[2] = {0};
  __enzyme_autodiff_void(f, enzyme_dup, x, dx, enzyme_const, sizeof(struct sample) * (size_t)atoi(argv[argc - 1]));
  return dx[0] != 2.5 || dx[1] != 1.5;
}
END
cat >kept.c <<'END'
#include <linkgrad.h>
#include <stdlib.h>
static double *workspace;
__attribute__((noinline)) double f(const double *x, int n) {
  if (!workspace)
    workspace = malloc(n * sizeof *workspace);
  for (int i = 0; i < n; ++i)
    workspace[i] = x[i] * x[i];
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += workspace[i] * workspace[n - 1 - i];
  return sum;
}
int main(void) {
  double x[2] = {1.5, 2.5}, dx[2] = {0};
  volatile double before = f(x, 2);
  __enzyme_autodiff_void(f, enzyme_dup, x, dx, enzyme_const, 2);
  return before != 0 && dx[0] != 4 * x[0] * x[1] * x[1];
}
END
cat >exponent.c <<'END'
#include <linkgrad.h>
#include <stdlib.h>
__attribute__((noinline)) static void twice(void *p, int n) {
  long *bits = p;
  for (int i = 0; i < n; ++i)
    bits[i] += 1L << 52;
}
double f(const double *x, int n) {
  double *a = malloc(n * sizeof *a), sum = 0;
  for (int i = 0; i < n; ++i)
    a[i] = x[i] * x[i];
  twice(a, n);
  for (int i = 0; i < n; ++i)
    sum += a[i] * a[n - 1 - i];
  free(a);
  return sum;
}
int main(int argc, char **argv) {
  double x[2] = {1.5, 2.5}, dx[2] = {1, 0};
  if (argc > 1)
    return __enzyme_fwddiff(f, enzyme_dup, x, dx, enzyme_const, 2) == 0;
  __enzyme_autodiff_void(f, enzyme_dup, x, dx, enzyme_const, 2);
  return 0;
}
END
# Where it is chosen between the two, forward mode shows that the tangent is not known.
cat >chosen.c <<'END'
#include <linkgrad.h>
#include <math.h>
#include <stdlib.h>
__attribute__((noinline)) static void some_twice(void *p, int n) {
  union { long bits; double number; } *all = p;
  for (int i = 0; i < n; ++i) {
    if (i % 2)
      all[i].bits += 1L << 52;
    else
      all[i].number *= 3;
  }
}
double f(const double *x, int n) {
  double *a = malloc(n * sizeof *a), sum = 0;
  for (int i = 0; i < n; ++i)
    a[i] = x[i] * x[i];
  some_twice(a, n);
  for (int i = 0; i < n; ++i)
    sum += a[i] * a[n - 1 - i];
  free(a);
  return sum;
}
int main(int argc, char **argv) {
  double x[2] = {1.5, 2.5}, dx[2] = {0, 1};
  if (argc > 1)
    return !isnan(__enzyme_fwddiff(f, enzyme_dup, x, dx, enzyme_const, 2));
  __enzyme_autodiff_void(f, enzyme_dup, x, dx, enzyme_const, 2);
  return 0;
}
END
# Numbers that are moved as two integers, where other integers lie as well.
cat >halves.c <<'END'
#include <linkgrad.h>
#include <stdlib.h>
__attribute__((noinline)) static void turn(int *p, int n) {
  for (int i = 2; i < n; ++i) {
    int low = p[2 * i], high = p[2 * i + 1];
    p[2 * i] = p[2 * n], p[2 * i + 1] = p[2 * n + 1];
    p[2 * n] = low, p[2 * n + 1] = high;
  }
  p[0] += p[1] > 7;
}
double f(const double *x, int n) {
  double *a = malloc((n + 2) * sizeof *a), sum = 0;
  int *counts = (int *)a;
  counts[0] = n, counts[1] = 3;
  for (int i = 1; i < n; ++i)
    a[i] = x[i] * x[i];
  a[n] = x[0];
  turn(counts, n);
  for (int i = 1; i < counts[0]; ++i)
    sum += a[i] * i;
  free(a);
  return sum;
}
int main(void) {
  double x[5] = {1.5, 2.5, 3.5, 4.5, 5.5}, dx[5] = {0};
  __enzyme_autodiff_void(f, enzyme_dup, x, dx, enzyme_const, 5);
  return 0;
}
END
linkgrad-cc -w -O1 halves.c -o halves
if ./halves 2>message; then exit 1; fi
grep -q "changes the bits of an active .*\[float-bits\]" message
linkgrad-cc -w -O1 copy.c -o copy
./copy 1
if ./copy 3 2>message; then exit 1; fi
grep -q "copies more bytes than one object has .*\[type-conflict\]" message
linkgrad-cc -w -O0 kept.c -o kept
if ./kept 2>message; then exit 1; fi
grep -q "reads active values back .*\[lost-store\]" message
linkgrad-cc -w -O1 exponent.c -o exponent
if ./exponent 2>message; then exit 1; fi
grep -q "changes the bits of an active .*\[float-bits\]" message
if ./exponent forward 2>message; then exit 1; fi
grep -q "changes the bits of an active .*\[float-bits\]" message
linkgrad-cc -w -O1 chosen.c -o chosen
if ./chosen 2>message; then exit 1; fi
grep -q "changes the bits of an active .*\[float-bits\]" message
./chosen forward
