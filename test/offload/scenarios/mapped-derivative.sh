#!/bin/sh
# Derivatives of launches find memory that is mapped to a device there, and need its shadow
# there too.  Those that run on the host stop instead of reading old numbers.
. "${0%/*}/../../link/scenarios/common.sh"

cat >program.c <<'END_OF_PROGRAM'
#include <linkgrad.h>
#include <linkgrad/offload.h>
#include <stdio.h>
#include <string.h>
#ifdef ONE_BY_ONE
typedef long double number; // for which there is no atomic addition
#else
typedef double number;
#endif
static void square(size_t i, const number *x, number *y) { y[i] = x[i] * x[1 - i]; }
static void twice(const number *x, number *y) {
  __offload_launch(square, 2, x, y);
  __offload_launch(square, 2, y, y + 2);
}
static number x[2] = {2, 3}, y[4], dx[2], dy[4] = {0, 0, 1, 10};
static linkgrad_mapping maps[4];
int main(int count, char **arguments) {
  const char *what = count > 1 ? arguments[1] : "";
  if (strchr(what, 'f'))
    dx[0] = 1, dx[1] = 10;
  struct { char letter; void *place; size_t bytes; } all[] = {
      {'x', x, sizeof x}, {'y', y, sizeof y}, {'a', dx, sizeof dx}, {'b', dy, sizeof dy}};
  for (int i = 0; i < 4; ++i)
    if (strchr(what, all[i].letter))
      maps[i] = linkgrad_map_tofrom(all[i].place, all[i].bytes);
  if (strchr(what, 'h')) { // the device has other numbers than the host
    for (int i = 0; i < 2; ++i)
      x[i] = -7, dx[i] = -7;
    for (int i = 0; i < 4; ++i)
      y[i] = -7, dy[i] = -7;
  }
  if (strchr(what, 'f'))
    __enzyme_fwddiff_void(twice, enzyme_dup, x, dx, enzyme_dup, y, dy);
  else
    __enzyme_autodiff_void(twice, enzyme_dup, x, dx, enzyme_dup, y, dy);
  for (int i = 0; i < 4; ++i)
    if (strchr(what, all[i].letter))
      linkgrad_unmap(maps[i]);
  printf("%g %g  %g %g  %g\n", (double)y[0], (double)y[3], (double)dx[0], (double)dx[1], (double)dy[3]);
}
END_OF_PROGRAM
stops() {
  status=0
  "$@" >log 2>&1 || status=$?
  [ $status = 134 ]
}

linkgrad-cc -O2 --offload=x86_64 program.c -o program
# y = (x0 x1, x0 x1), z = (y0 y1, y0 y1): d(z0 + 10 z1) = 11 * 2 (x0 x1) (x1, x0)
for threads in 1 2 4; do
  export OMP_NUM_THREADS=$threads
  expect "6 36  396 264  0" ./program
  expect "6 36  396 264  0" ./program xyab
  expect "6 36  396 264  0" ./program xyabh
  expect "6 36  1 10  276" ./program f
  expect "6 36  1 10  276" ./program xyabfh
done
for what in x y xyb xf yf; do
  stops ./program $what
  grep -q "its shadow is not; map both" log
done
# Without devices nothing is mapped.
expect "6 36  396 264  0" env OMP_TARGET_OFFLOAD=DISABLED ./program x

linkgrad-cc -O2 -DONE_BY_ONE --offload=x86_64 program.c -o one-by-one
expect "6 36  396 264  0" ./one-by-one
expect "6 36  396 264  0" env OMP_TARGET_OFFLOAD=DISABLED ./one-by-one xyab
stops ./one-by-one xyab
grep -q "its memory is mapped to a device; unmap it first" log
