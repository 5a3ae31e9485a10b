#!/bin/sh
# A workspace: derivatives inside a library and of its functions, generic ones too; a build
# script; tests of the library, unit and integration; benchmarks; panics that abort.
. "${0%/*}/common.sh"

mkdir -p physics/src physics/tests physics/benches program/src
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
cat >>physics/Cargo.toml <<'END'

[[bench]]
name = "gradient"
harness = false
END
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

pub trait Real: Copy + std::ops::Mul<Output = Self> + std::iter::Sum {}
impl Real for f32 {}
impl Real for f64 {}

/// The derivative is made where it is asked for, for each type.
#[linkgrad::reverse(d_work, Duplicated, Const, Active)]
pub fn work<T: Real>(force: &[T], way: &[T]) -> T {
    force.iter().zip(way).map(|(&f, &w)| f * f * w).sum()
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
cat >physics/benches/gradient.rs <<'END'
fn main() {
    let (x, mut dx) = (vec![1.0; 1000], vec![0.0; 1000]);
    for _ in 0..100 {
        physics::d_energy(&x, &mut dx, 1.0);
    }
    println!("after the benchmark {}", dx[999]);
}
END
cat >program/src/main.rs <<'END'
#[linkgrad::forward(speed, Dual, DualOnly)]
fn height(time: f64) -> f64 {
    100.0 - physics::fall(time)
}

/// A generic function of the library.
#[linkgrad::reverse(d_effort, Duplicated, Active)]
fn effort(x: &[f64]) -> f64 {
    physics::work(x, &[1.0, 2.0])
}

fn main() {
    let (mut dx, mut narrow, mut wide) = ([0.0; 1], [0.0f32; 1], [0.0; 2]);
    println!("{} {:.2}", physics::d_energy(&[3.0], &mut dx, 1.0), speed(2.0, 1.0));
    println!("{} {}", physics::d_work(&[3.0f32], &mut narrow, &[0.5], 1.0), narrow[0]);
    println!("{} {:?}", d_effort(&[3.0, 1.0], &mut wide, 1.0), wide);
}
END
configure
printed="4.5 -19.62
4.5 3
11 [6.0, 4.0]"
expect "$printed" cargo run --quiet --release
cargo test --quiet -p physics | tee log
[ "$(grep -c "1 passed" log)" = 2 ]
expect "after the benchmark 100" cargo bench --quiet -p physics --bench gradient
CARGO_PROFILE_RELEASE_PANIC=abort expect "$printed" cargo run --quiet --release
