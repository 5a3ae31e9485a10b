#!/bin/sh
# Every kind of link makes the same derivatives; with -g, a debugger can read the result.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
double f(double x);
int main(void) { printf("%.1f %.1f\n", f(2.0), __enzyme_autodiff(f, 2.0)); }
END
echo '#include <math.h>
double g(double x); double f(double x) { return g(x) * sqrt(x * x); }' >f.c
echo 'double g(double x) { return x * x; } double unused(double x) { return x; }' >g.c
linkgrad-cc -O2 -g -ffunction-sections -c main.c f.c g.c
llvm-ar-22 rcs libf.a f.o
llvm-ar-22 rcs libg.a g.o
case $linker in
  lld) parallel=-Wl,--lto-partitions=4 ;;
  *) parallel=-Wl,-plugin-opt=jobs=4 ;;
esac
all="main.o f.o g.o -lm"
# ld.gold knows no static PIE.
staticPie=-static-pie
[ "$linker" != gold ] || staticPie=-static

links() {
  "$@" -o program
  expect "8.0 12.0" ./program
}
links linkgrad-cc -O2 -g $all
llvm-dwarfdump-22 --verify program >verified
links linkgrad-cc -O2 $staticPie $all
links linkgrad-cc -O2 -no-pie $all
links linkgrad-cc -O2 -Wl,--gc-sections $all
llvm-nm-22 program >symbols
fails grep -q unused symbols
links linkgrad-cc -O2 $parallel $all
links linkgrad-cc -O2 main.o -Wl,--start-group libg.a libf.a -Wl,--end-group -lm
links linkgrad-cc -O2 -Wl,--whole-archive libg.a libf.a -Wl,--no-whole-archive main.o -lm
links gcc $("$config" --ldflags --driver=gcc) -O2 -static $all
links g++ $("$config" --ldflags --driver=gcc) -O2 $all

# Two links of the same files make the same library.
cat >library.c <<'END'
#include <linkgrad.h>
double f(double x);
double slope(double x) { return __enzyme_autodiff(f, x); }
END
linkgrad-cc -O2 -g -fPIC -c library.c
for folder in one two; do
  mkdir $folder
  (cd $folder && linkgrad-cc -O2 -g -shared ../library.o ../f.o ../g.o -lm -o libslope.so)
done
cmp one/libslope.so two/libslope.so
refused nowhere/ linkgrad-cc -O2 $all -o nowhere/program
