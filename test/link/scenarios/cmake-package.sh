#!/bin/sh
# find_package(linkgrad) is all a CMake project needs.
. "${0%/*}/common.sh"

cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.25)
project(client C)
find_package(linkgrad REQUIRED)
add_executable(program main.c f.c)
target_link_libraries(program PRIVATE linkgrad::lto)
END
cat >main.c <<'END'
#include <linkgrad.h>
#include <stdio.h>
double f(double x);
int main(void) { printf("%.1f\n", __enzyme_autodiff(f, 2.0)); }
END
echo 'double f(double x) { return x * x * x; }' >f.c
cmake -B build -DCMAKE_C_COMPILER=clang-22 -DCMAKE_PREFIX_PATH="$("$config" --prefix)" -DCMAKE_BUILD_TYPE=Release >log
cmake --build build >>log
expect 12.0 build/program
