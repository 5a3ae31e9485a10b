#!/bin/sh
# Options reach the plugin by environment, file and command line; a wrong one is an error.
. "${0%/*}/common.sh"

cat >main.c <<'END'
#include <linkgrad.h>
static double f(double x) { return x * x; }
int main(int argc, char **argv) { return (int)__enzyme_autodiff(f, (double)argc); }
END
linkgrad-cc -O2 -c main.c
reports() { "$@" 2>&1 | grep -q "linkgrad: 1 request, 0 failed"; }

reports env LINKGRAD_FLAGS=report linkgrad-cc main.o -o program
printf '# what happened\nreport\n' >options
reports env LINKGRAD_OPTIONS_FILE=options linkgrad-cc main.o -o program
case $linker in
  lld) reports linkgrad-cc main.o -Wl,-mllvm,-linkgrad=report -o program ;;
  *)
    reports linkgrad-cc main.o -Wl,-plugin-opt=linkgrad=report -o program
    refused "unknown option -plugin-opt=rapport" linkgrad-cc main.o -Wl,-plugin-opt=rapport -o refused-program
    refused "-no-such-option" linkgrad-cc main.o -Wl,-plugin-opt=-no-such-option -o refused-program
    ;;
esac
refused "unknown option 'rapport'" env LINKGRAD_FLAGS=rapport linkgrad-cc main.o -o refused-program
[ ! -e refused-program ]

LINKGRAD_FLAGS=save-stages=stages linkgrad-cc main.o -o program
expect "0-input.ll 1-prepare.ll 2-optimise.ll 3-differentiate.ll 4-strip.ll 5-reoptimise.ll" echo $(ls stages)
fails grep -E 'enzyme|linkgrad-guard' stages/4-strip.ll
