#!/bin/sh
# Images for GPUs are made, and LLVM's tools read them; without such a GPU the program
# runs on the host's threads.
. "${0%/*}/../../link/scenarios/common.sh"
flags="-O2 $("$config" --cflags) -I$here/.."
targets=x86_64,nvptx64:sm_90,amdgcn:gfx90a
link() { clang++-22 -O2 $("$config" --ldflags --offload=$targets) "$@" -lm; }

# With NVIDIA's toolkit where there is one.
for program in saxpy.c arguments.c mathematics.c gradient.c launch_derivatives.c cxx.cpp; do
  name=${program%.*}
  case $program in *.c) compiler=clang-22 ;; *) compiler="clang++-22 -std=c++20" ;; esac
  $compiler -g $flags -c "$here/../programs/$program" -o "$name.o"
  link "$name.o" -o "$name"
  OMP_NUM_THREADS=2 EXPECT_DEVICE=1 "./$name"
  llvm-objdump-22 --offloading "$name" >"$name.images"
  expect "nvptx64-nvidia-cuda amdgcn-amd-amdhsa x86_64-pc-linux-gnu" sh -c "awk '/^triple/ {print \$2}' $name.images | xargs"
done

# The PTX is kept where one asks for it.
LINKGRAD_FLAGS=save-stages=stages link saxpy.o -o saxpy
llvm-objdump-22 --offloading saxpy | grep -q "^kind *cubin"
grep -q "^.visible .entry __linkgrad_offload_0_" stages/device-nvptx64-sm_90.ptx

# Images that are too large are refused, before or after there is code.
refused "saxpy.c:14:13: the image for device nvptx64:sm_90 would have" \
  env LINKGRAD_FLAGS=max-image=4k clang++-22 -O2 $("$config" --ldflags --offload=$targets) saxpy.o -o refused -lm

# Without: PTX, and libclc's mathematics.
for name in saxpy mathematics; do
  LINKGRAD_FLAGS=cuda=/nowhere link $name.o -o $name-ptx
  OMP_NUM_THREADS=2 EXPECT_DEVICE=1 ./$name-ptx
  llvm-offload-binary-22 $name-ptx --image=file=$name.ptx,triple=nvptx64-nvidia-cuda
  llvm-offload-binary-22 $name-ptx --image=file=$name.hsaco,triple=amdgcn-amd-amdhsa
  grep -q "^.visible .entry __linkgrad_offload_0_" $name.ptx
  llvm-readelf-22 --file-header $name.hsaco | grep -q "Machine: *EM_AMDGPU"
  llvm-nm-22 $name.hsaco | grep -q " __linkgrad_offload_0_.*\.kd"
  fails grep -E "^\.extern \.func|\.func .*_Z[0-9]*sind.*;$" $name.ptx
done

# Adjoints that indices share are added to atomically.
LINKGRAD_FLAGS=cuda=/nowhere link launch_derivatives.o -o launch_derivatives-ptx
llvm-offload-binary-22 launch_derivatives-ptx --image=file=derivatives.ptx,triple=nvptx64-nvidia-cuda
grep -qE "(atom|red)\..*add\.f64" derivatives.ptx
grep -q "gather_linkgrad_pullback_index" derivatives.ptx

# The host's code is vectorised, the device's was not before: one iteration multiplies once.
llvm-objdump-22 -d saxpy | grep -qE "(mul|add)pd"
llvm-objdump-22 --mcpu=gfx90a -d saxpy.hsaco >saxpy.asm
expect 1 grep -cE "v_(fma|fmac|mul)_f64|v_pk_" saxpy.asm

