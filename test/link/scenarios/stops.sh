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
