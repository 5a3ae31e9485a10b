#!/bin/sh
# What a derivative calls and the program itself does not is found, wherever the
# libraries stand on the command line.
. "${0%/*}/common.sh"

# The compiler has turned exp into an intrinsic: no symbol table names it.
cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
double f(double x);
int main(int count, char **arguments) { printf("%.3f\n", __enzyme_autodiff(f, (double)count)); }
END
echo 'double f(double x) { return __builtin_exp(x); }' >f.c
linkgrad-cc -O2 -ffast-math -c main.c f.c
for order in "main.o f.o -lm" "-lm main.o f.o" "-Wl,--as-needed -lm main.o f.o" "-Wl,--as-needed main.o f.o -lm" \
  "-static main.o f.o -lm" "-static -lm main.o f.o"; do
  linkgrad-cc $order -o program
  expect 2.718 ./program
done

# An allocator out of an archive of bitcode, with members that only the tape needs.
cat >allocate.c <<'END'
#include <stddef.h>
static char pool[1 << 24];
static size_t used;
void *malloc(size_t size) {
  size_t *block = (size_t *)(pool + used);
  used += (size + 31) & ~15ul;
  *block = size;
  return block + 2;
}
void free(void *block) {}
void *calloc(size_t count, size_t size) { return malloc(count * size); }
END
cat >reallocate.c <<'END'
#include <string.h>
void *malloc(size_t size);
void *realloc(void *block, size_t size) {
  void *copy = malloc(size);
  size_t old = block ? ((size_t *)block)[-2] : 0;
  return memcpy(copy, block ? block : copy, old < size ? old : size);
}
END
echo 'unsigned long malloc_usable_size(void *block) { return ((unsigned long *)block)[-2]; }' >usable.c
linkgrad-cc -O2 -fno-builtin -c allocate.c reallocate.c usable.c
llvm-ar-22 rcs liballocate.a allocate.o reallocate.o usable.o
cat >tape.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
#include <stdlib.h>
double f(double x, int n) {
  double product = 1;
  for (int i = 0; i < n; ++i) {
    double *p = malloc((i + 1) * sizeof(double));
    p[i] = x;
    product *= p[i];
    free(p);
  }
  return product;
}
int main(int count, char **arguments) { printf("%.1f\n", __enzyme_autodiff(f, 2.0, count + 2)); }
END
linkgrad-cc -O2 -c tape.c
for order in "tape.o liballocate.a" "liballocate.a tape.o" "tape.o allocate.o reallocate.o usable.o"; do
  linkgrad-cc $order -o program
  expect 12.0 ./program
done
