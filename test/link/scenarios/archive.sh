#!/bin/sh
# Differentiated code may come out of an archive.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
double f(double x);
int main(void) { printf("%.1f\n", __enzyme_autodiff(f, 2.0)); }
END
echo 'double g(double x); double f(double x) { return x * g(x); }' >f.c
echo 'double g(double x) { return 3 * x; }' >g.c
linkgrad-cc -O2 -c main.c f.c g.c
llvm-ar-22 rcs libfg.a f.o g.o
linkgrad-cc -O2 main.o libfg.a -o program
expect 12.0 ./program
