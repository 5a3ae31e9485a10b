#!/bin/sh
# Derivatives work in a shared library, and nothing of ours is exported or left undefined.
. "${0%/*}/common.sh"

cat >library.c <<'END'
#include <linkgrad.h>
static double f(double x) { return x * x * x; }
double slope(double x) { return __enzyme_autodiff(f, x); }
END
cat >main.c <<'END'
#include <stdio.h>
double slope(double x);
int main(void) { printf("%.1f\n", slope(2)); }
END
linkgrad-cc -O2 -fPIC -shared library.c -o libslope.so
llvm-nm-22 -D libslope.so >symbols
fails grep -E 'enzyme|linkgrad' symbols
clang-22 main.c -L. -lslope -Wl,-rpath,"$PWD" -o program
expect 12.0 ./program
