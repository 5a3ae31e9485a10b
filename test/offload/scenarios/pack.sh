#!/bin/sh
# What toolchain/pack-offload packs runs by itself; for a GPU that is not here it says so.
. "${0%/*}/../../link/scenarios/common.sh"
pack=$(cd "$here/../../../toolchain" && pwd)/pack-offload

"$pack" --build="$LINKGRAD/.." --target=x86_64 pack
mv pack elsewhere
env -i PATH=/usr/bin:/bin OMP_NUM_THREADS=2 elsewhere/run | tee log
expect 3 grep -c ": ok$" log
[ -e elsewhere/lib/libomptarget.so.22.1 ]
LD_LIBRARY_PATH=elsewhere/lib ldd elsewhere/options | grep -q "elsewhere/lib/libLLVM"
rm -rf elsewhere
