#!/bin/sh
# The files of a program may be compiled at different levels, with and without -g.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
double f(double x);
int main(void) { printf("%.1f\n", __enzyme_autodiff(f, 2.0)); }
END
echo 'double g(double x); double f(double x) { return x * g(x); }' >f.c
echo 'double g(double x) { double s = 0; for (int i = 0; i < 4; ++i) s += x * i; return s; }' >g.c

for flags in "$("$config" --cflags)" "-flto -isystem $("$config" --prefix)/include"; do
  for level in O0 O3; do
    clang-22 $flags -O0 -g -c main.c
    clang-22 $flags -$level -c f.c
    clang-22 $flags -O1 -c g.c
    for linkLevel in "" -O0 -O3; do
      clang-22 $linkLevel $("$config" --ldflags) main.o f.o g.o -o program
      expect 24.0 ./program
    done
  done
done
