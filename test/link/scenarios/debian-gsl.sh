#!/bin/sh
# A numerical library nobody wrote for us: the GNU Scientific Library, from its
# Debian source, built by its own configure and make with CC=linkgrad-cc.  The
# library is built once; the program is linked each time.
. "${0%/*}/common.sh"

packages=$LINKGRAD/../test/packages
"$here/../../../toolchain/debian-source" gsl "$packages"

mkdir -p "$packages/gsl-build"
(
  cd "$packages/gsl-build"
  [ -e .libs/libgsl.a ] && exit 0
  ../gsl/configure -q CC=linkgrad-cc AR=llvm-ar-22 RANLIB=llvm-ranlib-22 NM=llvm-nm-22 CFLAGS=-O2 --disable-shared
  # The documentation is not part of Debian's source.
  make -s -j2 SUBDIRS="$(sed -n 's/^SUBDIRS = \(.*\) doc$/\1/p' Makefile)"
) >build.log 2>&1 || { tail build.log; exit 1; }

for level in O0 O2; do
  linkgrad-cc -w -$level -I"$packages/gsl-build" "$here/../packages/gsl.c" \
    "$packages/gsl-build/.libs/libgsl.a" "$packages/gsl-build/cblas/.libs/libgslcblas.a" -lm -o program
  ./program
done
