#!/bin/sh
# max-tape: a gradient that needs more memory stops with a message instead of taking it.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
double f(double x, long n) {
  double s = x;
  for (long i = 0; i < n; ++i)
    s = sin(s) + x;
  return s;
}
int main(int argc, char **argv) {
  long n = atol(argv[1]);
  printf("%d\n", isfinite(__enzyme_autodiff(f, 0.5, enzyme_const, n)));
}
END
LINKGRAD_FLAGS=max-tape=1M linkgrad-cc -O2 main.c -lm -o limited
expect 1 ./limited 10000
if ./limited 1000000 >log 2>&1; then
  echo "the limit was not observed"
  exit 1
fi
grep -q "linkgrad: the tape is full: it holds at most 1048576 bytes" log
linkgrad-cc -O2 main.c -lm -o unlimited
expect 1 ./unlimited 1000000
refused "bad value in option" env LINKGRAD_FLAGS=max-tape=much linkgrad-cc -O2 main.c -lm -o wrong
