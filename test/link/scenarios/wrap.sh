#!/bin/sh
# --wrap redirects calls inside the program too, and the derivative follows it.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
double f(double x);
int main(void) { printf("%.1f %.1f\n", f(2.0), __enzyme_autodiff(f, 2.0)); }
END
echo 'double g(double x); double f(double x) { return g(x) * x; }' >f.c
echo 'double g(double x) { return x; }' >g.c
echo 'double __real_g(double x); double __wrap_g(double x) { return 10 * __real_g(x); }' >wrap.c
for level in O0 O2; do
  linkgrad-cc -$level -c main.c f.c g.c wrap.c
  linkgrad-cc -$level main.o f.o g.o wrap.o -Wl,--wrap=g -o program
  expect "40.0 40.0" ./program
  linkgrad-cc -$level main.o f.o g.o -o program
  expect "4.0 4.0" ./program
done

# What the code generator calls is wrapped by the linker, which needs the wrapper;
# ld.lld, with and without us, drops it.
[ "$linker" != lld ] || exit 0
cat >copy.c <<'END'
#include <string.h>
#include <stdio.h>
void *__real_memcpy(void *, const void *, size_t);
int calls;
void *__wrap_memcpy(void *to, const void *from, size_t size) { ++calls; return __real_memcpy(to, from, size); }
int main(int argc, char **argv) {
  char a[1000], b[1000] = {1};
  memcpy(a, b, argc * 900);
  printf("%d %d\n", calls, a[0]);
}
END
linkgrad-cc -O2 copy.c -Wl,--wrap=memcpy -o program
expect "1 1" ./program
