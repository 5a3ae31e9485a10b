#!/bin/sh
# The examples of toolchain/rust build and train.
. "${0%/*}/common.sh"

cp -r "$("$config" --crate)/../examples/." .
sed -i "s|\"../../linkgrad\"|\"$("$config" --crate)\"|" train/Cargo.toml optimise/Cargo.toml
configure
cargo build --quiet --release
cargo run --quiet --release -p train | tee log
grep -q "step 2000: loss [0-9.]*e-[3-9]" log
grep -q "sin(1) is 0.841, the network says 0.8" log
cargo run --quiet --release -p optimise | tee log
grep -q "at \[1.0000, 1.0000, 1.0000, 1.0000\]" log
grep -q "smallest at 1.098612; ln 3 is 1.098612" log
