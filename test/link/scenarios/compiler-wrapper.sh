#!/bin/sh
# linkgrad-cc stands in for a compiler in everything builds do with one.
. "${0%/*}/common.sh"

echo 'int answer(void) { return 42; }' >a.c
printf '#include "a.h"\nint main(void) { return answer() != 42; }\n' >b.c
echo 'int answer(void);' >a.h
check="linkgrad-cc -Wall -Werror"

$check --version | grep -q clang
$check -v 2>&1 | grep -q clang
$check -dumpmachine >/dev/null
$check -print-prog-name=ld >/dev/null
$check -E b.c | grep -q 'int answer'
$check -MM b.c | grep -q 'b.o: b.c a.h'
$check -S a.c -o - | grep -q 'answer:'
$check -fsyntax-only b.c

$check -O2 -MMD -MF b.d -MT b.o -c b.c -o b.o
grep -q a.h b.d
$check -O2 -c a.c b.c
$check a.o b.o -o program && ./program
$check -g -O0 a.c b.c -o program -lm && ./program
$check -fPIC -shared a.c -o liba.so
$check b.c -L. -la -Wl,-rpath,"$PWD" -o program && ./program
$check -fno-lto -c a.c -o native.o
llvm-readelf-22 -h native.o >/dev/null
echo 'int main(void) { return 0; }' | $check -x c - -o program && ./program
printf '.globl answer\nanswer: mov $42, %%eax\nret\n.section .note.GNU-stack\n' >asm.s
$check -c asm.s && $check asm.o b.o -o program && ./program
$check -static a.c b.c -o program && ./program

# A flag test of configure: known ones pass, unknown ones do not.
$check -Wno-unused -c a.c -o /dev/null
fails $check -no-such-flag -c a.c -o /dev/null 2>/dev/null
fails $check 2>/dev/null
