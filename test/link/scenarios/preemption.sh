#!/bin/sh
# A definition that may be replaced later is no definition to differentiate: an executable gets
# the derivative of the definition it has, and what is not decided is refused.
. "${0%/*}/common.sh"

cat >library.c <<'END'
#include <linkgrad.h>
double g(double x);
double f(double x) { return g(x) * x; }
double slope(double x) { return __enzyme_autodiff(f, x); }
double value(double x) { return f(x); }
END
cat >main.c <<'END'
#include <stdio.h>
double value(double), slope(double);
int main(void) { printf("%.1f %.1f\n", value(2), slope(2)); }
END
echo '__attribute__((weak)) double g(double x) { return x * x; }' >weak.c
echo 'double g(double x) { return 10 * x; }' >strong.c
linkgrad-cc -O2 -c main.c library.c weak.c strong.c
llvm-ar-22 rcs libweak.a weak.o

# The strong one wins over the weak one wherever it stands; without it, the weak one is final.
linkgrad-cc -O2 main.o library.o weak.o -o program
expect "8.0 12.0" ./program
linkgrad-cc -O2 main.o library.o weak.o strong.o -o program
expect "40.0 40.0" ./program
linkgrad-cc -O2 main.o library.o libweak.a strong.o -o program
expect "40.0 40.0" ./program
clang-22 -O2 -c strong.c -o native.o
refused "call to 'g' has no derivative rule [no-rule]" linkgrad-cc -O2 main.o library.o weak.o native.o -o refused-program

# One symbol defined as another on the command line.
echo 'double h(double x) { return 10 * x; }' >h.c
linkgrad-cc -O2 -c h.c
refused "call to 'g' has no derivative rule [no-rule]" \
  linkgrad-cc main.o library.o weak.o h.o -Wl,--defsym=g=h -o refused-program

# A shared library's weak function may be replaced by the program's, unless it is bound or hidden.
refused "the definition of 'g' may be replaced" linkgrad-cc -O2 -fPIC -shared library.c weak.c -o libslope.so
[ ! -e libslope.so ]
refused "the definition of 'g' may be replaced" \
  linkgrad-cc -O2 -fPIC -fsemantic-interposition -shared library.c strong.c -o libslope.so
echo '{ global: slope; value; local: *; };' >hide
for how in -Wl,-Bsymbolic -Wl,--version-script=hide; do
  linkgrad-cc -O2 -fPIC -shared library.c weak.c $how -o libslope.so
  clang-22 main.c strong.c -L. -lslope -Wl,-rpath,"$PWD" -o program
  expect "8.0 12.0" ./program
done

# Where it does not matter to a derivative it stays weak, and replaceable.
cat >other.c <<'END'
#include <linkgrad.h>
double g(double);
static double h(double x) { return x * x; }
double value(double x) { return g(x); }
double slope(double x) { return __enzyme_autodiff(h, x); }
END
linkgrad-cc -O2 -fPIC -shared other.c weak.c -o libslope.so
clang-22 main.c -L. -lslope -Wl,-rpath,"$PWD" -o program
expect "4.0 4.0" ./program
clang-22 main.c strong.c -L. -lslope -Wl,-rpath,"$PWD" -o program
expect "20.0 4.0" ./program
