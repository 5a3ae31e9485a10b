#!/bin/sh
# A build that lacks a flag fails, and the message says which.
. "${0%/*}/common.sh"

package forgetful
cat >src/main.rs <<'END'
#[linkgrad::reverse(d_square, Active, Active)]
fn square(x: f64) -> f64 {
    x * x
}

fn main() {
    println!("{:?}", d_square(3.0, 1.0));
}
END

# Checking needs no flags.
cargo check --quiet

refused "-Clinker-plugin-lto is missing" cargo build --release
RUSTFLAGS=-Clinker-plugin-lto CARGO_PROFILE_RELEASE_LTO=fat refused "--load-pass-plugin is missing" \
  cargo build --release

export RUSTFLAGS="$("$config" --rustflags)"
refused 'set lto = "fat" in the profile of Cargo.toml' cargo build --release
CARGO_PROFILE_RELEASE_LTO=thin refused 'set lto = "fat" in the profile of Cargo.toml' cargo build --release

export CARGO_PROFILE_RELEASE_LTO=fat
expect "(9.0, 6.0)" cargo run --quiet --release
