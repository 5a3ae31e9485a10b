#!/bin/sh
# Without the run-time library, launches run on the host; what nobody refers to may be
# dropped by the linker, images and entries may not.
. "${0%/*}/../../link/scenarios/common.sh"
flags="-O2 $("$config" --cflags) -I$here/.."
clang-22 $flags -c "$here/../programs/saxpy.c" "$here/../programs/arguments.c"

plain="-Wl,-mllvm,-linkgrad=offload=x86_64"
for program in saxpy arguments; do
  clang-22 -O2 $("$config" --ldflags) $plain $program.o -o $program -lm
  EXPECT_DEVICE=0 ./$program
  clang-22 -O2 $("$config" --ldflags --offload=x86_64) -Wl,--gc-sections $program.o -o $program -lm
  EXPECT_DEVICE=1 ./$program
done
llvm-readelf-22 --dynamic saxpy | grep -q "libomptarget"

# A library with launches of its own, in a program that has some too.
sed 's/int main(void)/int library(void)/' "$here/../programs/saxpy.c" >library.c
sed 's/return failures;/int library(void); return failures + library();/' "$here/../programs/saxpy.c" >program.c
clang-22 $flags -fPIC -c library.c program.c
clang-22 -O2 -shared $("$config" --ldflags --offload=x86_64) library.o -o liblibrary.so
clang-22 -O2 $("$config" --ldflags --offload=x86_64) program.o -o program -L. -llibrary -Wl,-rpath,"$PWD" -lm
OMP_NUM_THREADS=2 EXPECT_DEVICE=1 ./program

# Targets nobody knows, or nobody here can make.
refused "unknown offload target 'vax'" "$config" --ldflags --offload=vax
refused "unknown offload target 'vax'" env LINKGRAD_FLAGS=offload=vax clang-22 $("$config" --ldflags) saxpy.o -o refused -lm
