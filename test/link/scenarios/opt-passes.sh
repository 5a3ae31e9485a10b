#!/bin/sh
# The stages can be run one by one with opt, and clang differentiates a single file without LTO.
# linker: lld
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
static double f(double x) { return x * x; }
int main(void) { printf("%.1f\n", __enzyme_autodiff(f, 3.0)); }
END
clang-22 -O1 -Xclang -disable-llvm-passes -isystem "$("$config" --prefix)/include" -S -emit-llvm main.c -o main.ll

opt-22 -load-pass-plugin="$plugin" -passes=linkgrad-prepare-optimise main.ll -S -o prepared.ll
grep -q 'call .*__enzyme_autodiff' prepared.ll
opt-22 -load-pass-plugin="$plugin" -passes=linkgrad-differentiate prepared.ll -S -o differentiated.ll
fails grep -q __enzyme differentiated.ll
opt-22 -load-pass-plugin="$plugin" -passes=linkgrad main.ll -o all.bc
clang-22 -O1 all.bc -o program
expect 6.0 ./program

clang-22 -O2 -isystem "$("$config" --prefix)/include" -fpass-plugin="$plugin" main.c -o program
expect 6.0 ./program

# What another file may replace is not differentiated.
cat >weak.c <<'END'
#include <linkgrad.h>
__attribute__((weak)) double g(double x) { return x * x; }
static double f(double x) { return g(x); }
int main(void) { return __enzyme_autodiff(f, 3.0) != 6; }
END
refused "the definition of 'g' may be replaced" \
  clang-22 -O2 -isystem "$("$config" --prefix)/include" -fpass-plugin="$plugin" weak.c -o weak
