#!/bin/sh
# Nothing refers to a registration, but lld must not drop it, whichever way the
# plugin is given.  The registered derivative is wrong on purpose: 100, not 4.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <stdio.h>
double __enzyme_autodiff(void *, ...);
double f(double x);
int main(void) { printf("%.1f\n", __enzyme_autodiff((void *)f, 2.0)); }
END
cat >f.c <<'END'
__attribute__((noinline)) double square(double x) { return x * x; }
double f(double x) { return square(x); }
END
cat >rule.c <<'END'
double square(double);
static double augmented(double x) { return x * x; }
static double reverse(double x, double adjoint) { return 100 * adjoint; }
void *__enzyme_register_gradient_square[] = {(void *)square, (void *)augmented, (void *)reverse};
END

for level in O0 O2; do
  clang-22 -$level -flto $("$config" --ldflags) main.c f.c rule.c -o program
  expect 100.0 ./program
  [ "$linker" = lld ] || continue
  clang-22 -$level -flto -fuse-ld=lld -Wl,--load-pass-plugin="$plugin" main.c f.c rule.c -o program
  expect 100.0 ./program
done
