#!/bin/sh
# The examples check their gradients themselves.
. "${0%/*}/../../link/scenarios/common.sh"
examples=$(cd "$here/../../../toolchain/examples/offload" && pwd)

make -f "$examples/Makefile" SOURCE="$examples/" CC="linkgrad-cc --offload=x86_64" CXX="linkgrad-c++ --offload=x86_64"
for threads in 1 2 4; do
  for example in options stencil nbody; do
    OMP_NUM_THREADS=$threads ./$example
  done
done
OMP_NUM_THREADS=2 ./options | grep -q "on a device"
OMP_TARGET_OFFLOAD=DISABLED ./options | grep -q "on the host"
