#!/bin/sh
# A workspace: derivatives inside a library and of its functions; a build script; tests
# of the library, unit and integration; panics that abort.
. "${0%/*}/common.sh"

mkdir -p physics/src physics/tests program/src
for name in physics program; do
  cat >$name/Cargo.toml <<END
[package]
name = "$name"
version = "0.1.0"
edition = "2021"

[dependencies]
linkgrad = { path = "$("$config" --crate)" }
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
#[linkgrad::reverse(d_energy, Duplicated, Active)]
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
cat >physics/tests/outside.rs <<'END'
#[test]
fn gradient_outside() {
    let mut dx = [0.0; 2];
    physics::d_energy(&[3.0, 4.0], &mut dx, 1.0);
    assert_eq!(dx, [3.0, 4.0]);
}
END
cat >program/src/main.rs <<'END'
#[linkgrad::forward(speed, Dual, DualOnly)]
fn height(time: f64) -> f64 {
    100.0 - physics::fall(time)
}

fn main() {
    let mut dx = [0.0; 1];
    println!("{} {:.2}", physics::d_energy(&[3.0], &mut dx, 1.0), speed(2.0, 1.0));
}
END
configure
expect "4.5 -19.62" cargo run --quiet --release
cargo test --quiet -p physics | tee log
[ "$(grep -c "1 passed" log)" = 2 ]
CARGO_PROFILE_RELEASE_PANIC=abort expect "4.5 -19.62" cargo run --quiet --release
