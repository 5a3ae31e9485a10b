#!/bin/sh
# Listing the plugin twice is harmless, and an error is reported once.
. "${0%/*}/common.sh"

cat >good.c <<'END'
#include <stdio.h>
double __enzyme_autodiff(void *, ...);
static double f(double x) { return x * x; }
int main(void) { printf("%.1f\n", __enzyme_autodiff((void *)f, 3.0)); }
END
sed 's/return x \* x;/double unknown(double); return unknown(x);/' good.c >bad.c
twice="$("$config" --ldflags) $("$config" --ldflags)"

clang-22 -O2 -flto -c good.c bad.c
clang-22 $twice good.o -o program
expect 6.0 ./program

refused "unknown" clang-22 $twice bad.o -o bad
expect 1 grep -c "error: .*unknown" log
[ ! -e bad ]
