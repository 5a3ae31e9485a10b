#!/bin/sh
# Programs of several languages, built by plain make: Rust in C, C in Rust, and three
# languages whose functions call across all borders and are inlined across them.
# linker: lld
# linker: bfd
# linker: mold
. "${0%/*}/common.sh"

command -v rustc >/dev/null || { echo "skipped: no rustc"; exit 77; }

examples=$(cd "$here/../../../toolchain/examples" && pwd)
for example in rust-in-c c-in-rust three-languages; do
  mkdir $example
  LINKGRAD_FLAGS=save-stages=stages make -s -C $example -f "$examples/$example/Makefile" \
    SOURCE="$examples/$example/" LINKER="$linker"
  $example/$example
done
fails grep -E 'call .*@(spring|material)\(' three-languages/stages/2-optimise.ll
