#!/bin/sh
# The derivative of a launch runs on the host.  Where its memory is mapped to a device, it
# stops instead of reading old numbers.
. "${0%/*}/../../link/scenarios/common.sh"

cat >program.c <<'END_OF_PROGRAM'
#include <linkgrad.h>
#include <linkgrad/offload.h>
#include <stdio.h>
static void square(size_t i, const double *x, double *y) { y[i] = x[i] * x[i]; }
static double f(const double *x, double *y) {
  __offload_launch(square, 2, x, y);
  return y[0] + y[1];
}
int main(int count, char **arguments) {
  double x[2] = {1, 2}, y[2], dx[2] = {0}, dy[2] = {0};
  linkgrad_mapping m = {0};
  if (count > 1)
    m = linkgrad_map_tofrom(x, sizeof x);
  __enzyme_autodiff_void(f, enzyme_dup, x, dx, enzyme_dup, y, dy);
  if (count > 1)
    linkgrad_unmap(m);
  printf("%g %g\n", dx[0], dx[1]);
}
END_OF_PROGRAM
linkgrad-cc -O2 --offload=x86_64 program.c -o program
expect "2 4" ./program
status=0
./program mapped >log 2>&1 || status=$?
[ $status = 134 ]
grep -q "its memory is mapped to a device; unmap it first" log
# Without devices nothing is mapped.
expect "2 4" env OMP_TARGET_OFFLOAD=DISABLED ./program mapped
