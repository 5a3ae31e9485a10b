#!/bin/sh
# cmake --install makes a folder that works wherever it is moved to: the compilers,
# pkg-config, and CMake projects with clang or gcc.
. "${0%/*}/common.sh"

cmake --install "$LINKGRAD/.." --prefix "$PWD/first" >log
mv first moved
prefix=$PWD/moved

cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
double f(double x);
int main(void) { printf("%.1f\n", __enzyme_autodiff(f, 2.0)); }
END
echo 'double f(double x) { return x * x * x; }' >f.c
"$prefix/bin/linkgrad-cc" -O2 main.c f.c -o program
expect 12.0 ./program
[ "$("$prefix/bin/linkgrad-config" --prefix)" = "$prefix" ]

export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
package=linkgrad-$linker
[ "$linker" != lld ] || package=linkgrad
pkg-config --libs $package | grep -qF "$prefix/"
clang-22 -O2 $(pkg-config --cflags $package) -c main.c f.c
clang-22 main.o f.o $(pkg-config --libs $package) -o program
expect 12.0 ./program

cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(client C)
find_package(linkgrad REQUIRED)
add_executable(program ${sources})
target_link_libraries(program PRIVATE linkgrad::lto)
END
cmake -B with-clang -DCMAKE_C_COMPILER=clang-22 -DCMAKE_PREFIX_PATH="$prefix" -Dsources="main.c;f.c" >>log
cmake --build with-clang >>log
expect 12.0 with-clang/program
echo 'int main(void) { void start(void); start(); }' >native.c
sed 's/int main/void start/' main.c >start.c
"$prefix/bin/linkgrad-cc" -O2 -c start.c f.c
cmake -B with-gcc -DCMAKE_C_COMPILER=gcc -DCMAKE_PREFIX_PATH="$prefix" -Dsources="native.c;$PWD/start.o;$PWD/f.o" >>log
cmake --build with-gcc >>log
expect 12.0 with-gcc/program
