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
for example in options stencil nbody; do
  OMP_NUM_THREADS=2 OMP_TARGET_OFFLOAD=MANDATORY ./$example | grep -q "on a device"
  OMP_TARGET_OFFLOAD=DISABLED ./$example | grep -q "on the host"
done

# On GPUs no derivative is left to the host.
gpus=--offload=nvptx64:sm_90,amdgcn:gfx90a
LINKGRAD_FLAGS=report make --always-make -f "$examples/Makefile" SOURCE="$examples/" CC="linkgrad-cc $gpus" \
  CXX="linkgrad-c++ $gpus" 2>&1 | tee log
grep -q "derivative of launches of 'accelerate.*: a launch" log
fails grep "a loop on the host" log
