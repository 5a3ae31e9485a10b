#!/bin/sh
# A numerical library nobody wrote for us: the GNU Scientific Library, from its
# Debian source, built by its own configure and make with CC=linkgrad-cc: the parts
# that the program uses, and what those use.  The library is built once; the program is
# linked each time.
. "${0%/*}/common.sh"

packages=$LINKGRAD/../test/packages
"$here/../../../toolchain/debian-source" gsl "$packages"

parts="gsl utils sys err const complex block vector matrix cblas blas linalg permutation poly specfunc
  integration interpolation ode-initval2"
mkdir -p "$packages/gsl-build"
(
  cd "$packages/gsl-build"
  [ -e built ] && exit 0
  ../gsl/configure -q CC=linkgrad-cc AR=llvm-ar-22 RANLIB=llvm-ranlib-22 NM=llvm-nm-22 CFLAGS=-O2 --disable-shared
  for part in $parts; do
    make -s -j2 -C "$part"
  done
  touch built
) >build.log 2>&1 || { tail build.log; exit 1; }

for level in O0 O2; do
  linkgrad-cc -w -$level -I"$packages/gsl-build" "$here/../packages/gsl.c" \
    -Wl,--start-group "$packages"/gsl-build/*/.libs/*.a -Wl,--end-group -lm -o program
  ./program
done
