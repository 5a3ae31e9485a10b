#!/bin/sh
# Target regions of clang's OpenMP keep their images where launches have some too, in the
# same link; objects of machine code and of bitcode.
. "${0%/*}/../../link/scenarios/common.sh"

cat >region.c <<'END_OF_REGION'
#include <omp.h>
int scale(double *x, int n, double by) {
  int onHost = 1;
#pragma omp target teams distribute parallel for map(tofrom : x[0 : n])
  for (int i = 0; i < n; ++i)
    x[i] *= by;
#pragma omp target map(from : onHost)
  onHost = omp_is_initial_device();
  return onHost;
}
END_OF_REGION
cat >program.c <<'END_OF_PROGRAM'
#include <linkgrad.h>
#include <linkgrad/offload.h>
#include <stdio.h>
int scale(double *x, int n, double by);
static void add(size_t i, double a, double *x) { x[i] += a * i; }
static void square(size_t i, const double *x, double *y) { y[i] = x[i] * x[i]; }
static void squares(const double *x, double *y) { __offload_launch(square, 100, x, y); }
int main(void) {
  static double x[100], y[100], dx[100], dy[100];
  int launches = 0, regions = 0;
  for (int step = 0; step < 3; ++step) {
    launches += __offload_launch(add, 100, 1.0, x);
    regions += scale(x, 100, 2.0);
  }
  for (int i = 0; i < 100; ++i)
    dy[i] = 1;
  __enzyme_autodiff_void(squares, enzyme_dup, x, dx, enzyme_dup, y, dy);
  printf("%s %s %g %g %g\n", launches ? "host" : "device", regions ? "host" : "device", x[99], y[99], dx[99]);
}
END_OF_PROGRAM
openmp="-fopenmp -fopenmp-targets=x86_64-pc-linux-gnu"
clang-22 -O2 $("$config" --cflags) -c program.c
for code in "" -flto; do
  clang-22 -O2 $openmp $code -c region.c
  for linker in lld bfd gold mold; do
    clang-22 -O2 $openmp program.o region.o $("$config" --ldflags --linker=$linker --offload=x86_64) -o program -lm
    for threads in 1 2 4; do
      expect "device device 1386 1.921e+06 2772" env OMP_NUM_THREADS=$threads OMP_TARGET_OFFLOAD=MANDATORY ./program
    done
    expect "host host 1386 1.921e+06 2772" env OMP_TARGET_OFFLOAD=DISABLED ./program
    expect 2 sh -c "llvm-objdump-22 --offloading program | grep -c '^triple'"
  done
done
