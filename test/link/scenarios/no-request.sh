#!/bin/sh
# A program without a request is not changed at all by the plugin, and dead code
# that refers to nothing existing does not come to life, at -O0 either.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <stdio.h>
int nowhere(void);
static int dead(void) { return nowhere(); }
int unused(void) { return dead(); }
int main(void) { puts("hello"); return 0; }
END
for level in O0 O2; do
  clang-22 -$level -flto -c main.c
  clang-22 -$level $("$config" --ldflags) main.o -o program
  expect hello ./program
done
[ "$linker" = lld ] || exit 0 # ld.lld can be asked for its module
clang-22 -O2 -flto -c main.c
clang-22 -O2 -flto -fuse-ld=lld -Wl,--lto-emit-llvm main.o -o without.bc
clang-22 -O2 $("$config" --ldflags) -Wl,--lto-emit-llvm main.o -o with.bc
cmp without.bc with.bc
