#!/bin/sh
# ld.lld refuses a request in a ThinLTO module; the message names module and flag.
# With other linkers such a module takes part in full LTO.
. "${0%/*}/common.sh"

cat >main.c <<'END'
double __enzyme_autodiff(void *, ...);
static double f(double x) { return x * x; }
int main(int argc, char **argv) { return (int)__enzyme_autodiff((void *)f, (double)argc); }
END
clang-22 -O2 -flto=thin -c main.c -o module-of-main.o
if [ "$linker" = lld ]; then
  refused "module-of-main.o" clang-22 $("$config" --ldflags) module-of-main.o -o program
  grep -q -e "-flto=full instead of -flto=thin" log
  [ ! -e program ]
else
  clang-22 $("$config" --ldflags) module-of-main.o -o program
  status=0
  ./program || status=$?
  expect 2 echo $status
fi

# Without a request ThinLTO is as good as any.
echo 'int main(void) { return 0; }' >plain.c
clang-22 -O2 -flto=thin $("$config" --ldflags) plain.c -o program
./program
