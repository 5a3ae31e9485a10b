#!/bin/sh
# LINKGRAD_REPRO writes all a link depends on: its command makes the same module as the
# link.  And two links of the same files make the same program.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
#include <math.h>
#include <stdio.h>
double f(const double *x, int n) {
  double sum = 0;
  for (int i = 0; i < n; ++i)
    sum += sin(x[i]) * exp(x[(i + 1) % n]);
  return sum;
}
double g(double x) { return pow(x, 3); }
int main(int count, char **arguments) {
  double x[3] = {1, 2, 3}, gradient[3] = {0};
  __enzyme_autodiff_void(f, enzyme_dup, x, gradient, enzyme_const, 3);
  printf("%.3f %.3f %.3f %.1f\n", gradient[0], gradient[1], gradient[2], __enzyme_fwddiff(g, 2.0 * count, 1.0));
}
END
linkgrad-cc -O2 -c main.c
case $linker in
  lld) saveTemps=-Wl,--save-temps ;;
  *) saveTemps=-Wl,-plugin-opt=save-temps ;;
esac
for level in O0 O2 O3; do
  LINKGRAD_FLAGS=max-errors=7 LINKGRAD_REPRO=repro linkgrad-cc -$level $saveTemps main.o -lm -o program
  expect max-errors=7 cat repro/options
  sh repro/command
  # Comments tell the names of files and the order of predecessors, which bitcode does not keep.
  llvm-dis-22 program.0.4.opt.bc -o - | sed 's/ *;.*//' >link.ll
  llvm-dis-22 repro/result.bc -o - | sed 's/ *;.*//' >again.ll
  cmp link.ll again.ll
  mv program first
  linkgrad-cc -$level main.o -lm -o program
  cmp first program
  expect "4.376 -2.141 15.573 12.0" ./program
done
refused "cannot create 'main.o/repro'" env LINKGRAD_REPRO=main.o/repro linkgrad-cc main.o -lm -o refused-program
