#!/bin/sh
# ld -r makes an object with the derivatives of what it was given.  What it was not given, or
# what may be replaced in the next link, is refused.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
double f(double x);
int main(void) { printf("%.1f %.1f\n", f(2.0), __enzyme_autodiff(f, 2.0)); }
END
echo 'double g(double x); double f(double x) { return g(x) * x; }' >f.c
echo 'double g(double x) { return x * x; }' >g.c
echo '__attribute__((weak)) double g(double x) { return x * x; }' >weak.c
linkgrad-cc -O2 -c main.c f.c g.c weak.c
if [ "$linker" = mold ]; then
  refused "mold -r leaves bitcode out" linkgrad-cc -r main.o f.o g.o -o all.o
  [ ! -e all.o ]
  exit
fi

for level in O0 O2; do
  linkgrad-cc -$level -r main.o f.o g.o -o all.o
  clang-22 all.o -lm -o program
  expect "8.0 12.0" ./program
  linkgrad-cc all.o -lm -o program
  expect "8.0 12.0" ./program
done
refused "call to 'g' has no derivative rule [no-rule]" linkgrad-cc -r main.o f.o -o part.o
[ ! -e part.o ]
refused "the definition of 'g' may be replaced" linkgrad-cc -r main.o f.o weak.o -o part.o
[ ! -e part.o ]
linkgrad-cc -r f.o g.o -o part.o
refused "'f': it has no definition in this link [no-body]" linkgrad-cc main.o part.o -o refused-program
