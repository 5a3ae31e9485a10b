#!/bin/sh
# What can go wrong with a link is said clearly, and no output is left.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
double f(double x);
int main(void) { printf("%.1f\n", __enzyme_autodiff(f, 2.0)); }
END
echo 'double f(double x) { return x * x; }' >f.c
linkgrad-cc -O2 -c main.c f.c

# breaks TEXT ARGUMENT...: the link fails with this text and leaves nothing.
breaks() {
  text=$1
  shift
  refused "$text" linkgrad-cc "$@" -o broken
  [ ! -e broken ]
}

# Bitcode of a later LLVM: by its own account, and with a part that this one cannot read.
python3 - f.o future.o <<'END'
import sys
data = open(sys.argv[1], "rb").read()
bits = "".join(f"{byte:08b}"[::-1] for byte in data[:64])
letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._"
packed = lambda text: "".join(f"{letters.index(c):06b}"[::-1] for c in text)
bits = bits.replace(packed("LLVM22."), packed("LLVM99."))
data = bytes(int(bits[i:i + 8][::-1], 2) for i in range(0, 512, 8)) + data[64:]
open(sys.argv[2], "wb").write(data[:200] + b"\xff" * 100 + data[300:])
END
case $linker in
  lld) breaks "Invalid abbrev" main.o future.o ;;
  *) breaks "it was written by LLVM99.1.8, this is LLVM 22" main.o future.o ;;
esac

# A plugin whose libLLVM is not there.
sed 's/libLLVM\.so\.22\.1/libLLVM.so.99.1/g' "$plugin" >orphan.so
flags=$("$config" --ldflags | sed "s|$plugin|$PWD/orphan.so|g")
status=0
clang-22 $flags main.o f.o -o broken >log 2>&1 || status=$?
cat log
[ $status != 0 ] && [ ! -e broken ]
grep -qF libLLVM.so.99.1 log

# A symbol that nobody defines.
echo 'int nowhere(void); int main(void) { return nowhere(); }' >missing.c
breaks nowhere missing.c

# A disk without room for a single object.
trap '' XFSZ
(
  ulimit -f 1
  status=0
  linkgrad-cc main.o f.o -o broken >/dev/null 2>&1 || status=$?
  [ $status = 1 ]
)
[ ! -s broken ]

# Code that only gcc can read: ld.lld takes it for nothing.
gcc -O2 -flto -c f.c -o slim.o
case $linker in
  lld) breaks "'f': it has no definition in this link" main.o slim.o ;;
  *) breaks "slim.o: contains code for gcc's link-time optimiser only" main.o slim.o ;;
esac
# With native code as well it can be used, but not differentiated; mold will not.
echo 'int helper(void) { return 0; }' >helper.c
echo 'int helper(void); int main(void) { return helper(); }' >caller.c
gcc -O2 -flto -ffat-lto-objects -c helper.c
linkgrad-cc -O2 -c caller.c
case $linker in
  mold) breaks "helper.o: not claimed by the LTO plugin" caller.o helper.o ;;
  *)
    linkgrad-cc caller.o helper.o -o program
    ./program
    ;;
esac
