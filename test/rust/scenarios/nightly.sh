#!/bin/sh
# std::autodiff: a workspace with a library, tests and a build script; rustc alone; what cannot be differentiated.
. "${0%/*}/common.sh"
"$RUN_RUST_TESTS" --build "$LINKGRAD/.." --nightly --can-run || exit
rustup="$LINKGRAD/linkgrad-rustup --sysroot=$PWD/sysroot"

mkdir -p physics/src program/src .cargo
for name in physics program; do
  cat >$name/Cargo.toml <<END
[package]
name = "$name"
version = "0.1.0"
edition = "2021"

[dependencies]
END
done
echo 'physics = { path = "../physics" }' >>program/Cargo.toml
cat >Cargo.toml <<'END'
[workspace]
members = ["physics", "program"]
resolver = "2"
END
cat >physics/build.rs <<'END'
fn main() {
    println!("cargo:rustc-env=GRAVITY=9.81");
}
END
cat >physics/src/lib.rs <<'END'
#![feature(autodiff)]
use std::autodiff::*;

#[autodiff_reverse(d_energy, Duplicated, Active)]
pub fn energy(x: &[f64]) -> f64 {
    x.iter().map(|v| 0.5 * v * v).sum()
}

pub fn fall(time: f64) -> f64 {
    0.5 * env!("GRAVITY").parse::<f64>().unwrap() * time * time
}

#[test]
fn gradient_inside() {
    let mut dx = [0.0; 2];
    d_energy(&[1.0, 2.0], &mut dx, 1.0);
    assert_eq!(dx, [1.0, 2.0]);
}
END
cat >program/src/main.rs <<'END'
#![feature(autodiff)]
use std::autodiff::*;

#[autodiff_forward(speed, Dual, DualOnly)]
fn height(time: f64) -> f64 {
    100.0 - physics::fall(time)
}

fn main() {
    let mut dx = [0.0; 1];
    println!("{} {:.2} {:?}", physics::d_energy(&[3.0], &mut dx, 2.0), speed(2.0, 1.0), dx);
}
END
$rustup --cargo-config >.cargo/config.toml
expect "4.5 -19.62 [6.0]" cargo +nightly run --quiet --release
expect "4.5 -19.62 [6.0]" cargo +nightly run --quiet
cargo +nightly test --quiet -p physics | tee log
grep -q "1 passed" log

cat >alone.rs <<'END'
#![feature(autodiff)]
use std::autodiff::*;

extern "C" {
    fn measure(x: f64) -> f64;
}

#[autodiff_reverse(d_model, Active, Active)]
fn model(x: f64) -> f64 {
    x * unsafe { measure(x) }
}

fn main() {
    println!("{:?}", d_model(2.0, 1.0));
}
END
# shellcheck disable=SC2046 # a list of words
refused "alone.rs:10:18: cannot differentiate 'alone::model': call to 'measure' has no derivative rule [no-rule]" \
  rustc +nightly -g -Clto=fat $($rustup --rustflags) alone.rs
sed -i 's/fn measure(x: f64) -> f64;/fn sinh(x: f64) -> f64;/; s/measure(x)/sinh(x)/' alone.rs
# shellcheck disable=SC2046
rustc +nightly -O -Clto=fat $($rustup --rustflags) alone.rs
expect "(7.253720815694038, 11.151251790014282)" ./alone

# Without all of the flags nothing is guessed.
cat >pairs.rs <<'END'
#![feature(autodiff)]
use std::autodiff::*;

#[autodiff_forward(t_two, Dual, Dual, Dual)]
#[inline(never)]
fn two(x: f64, y: f64) -> f64 {
    x * x * y
}

fn main() {
    println!("{:?}", t_two(3.0, 1.0, 2.0, 10.0));
}
END
some=$($rustup --rustflags | sed 's/-Zfewer-names=no//')
# shellcheck disable=SC2086
refused "parameters 1 and 2 of 'pairs::two' are two arguments or one pair passed by value, which cannot be told here [rust-pair]" \
  rustc +nightly -O -Clto=fat $some pairs.rs
# shellcheck disable=SC2086
rustc +nightly -O -g -Clto=fat $some pairs.rs
expect "(18.0, 102.0)" ./pairs
refused "the adjoint that is passed for the result of 'alone::model' is not known here [rust-seed]" \
  rustc +nightly -O -Clto=fat -Zautodiff=Enable --sysroot="$PWD/sysroot" alone.rs

$rustup --remove
[ ! -e sysroot ]
