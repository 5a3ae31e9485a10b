#!/bin/sh
# Kernels of a nightly rustc: it makes the host's half, the link makes the images.
. "${0%/*}/common.sh"
"$RUN_RUST_TESTS" --build "$LINKGRAD/.." --nightly --can-run || exit

cat >kernels.rs <<'END_OF_PROGRAM'
#![feature(core_intrinsics)]
#![allow(internal_features)]
use core::intrinsics::offload;

#[repr(C)]
struct Slopes(f64, f64);
extern "C" {
    fn __enzyme_autodiff(f: extern "C" fn(f64, f64) -> f64, x: f64, a: f64) -> Slopes;
}

extern "C" fn wave(x: f64, a: f64) -> f64 {
    (a * x).sin()
}

/// Every kind of argument there is.
fn add(y: &mut [f64; 8], x: &[f64; 8], a: f64, b: f32, c: i32, d: u8, n: usize) {
    for i in 0..n {
        y[i] += wave(x[i], a) + f64::from(b) * f64::from(c) - f64::from(d);
    }
}

/// A kernel that needs a derivative.
fn slopes(dx: *mut [f64; 8], x: *const [f64; 8], a: f64) {
    for i in 0..8 {
        unsafe { (*dx)[i] = __enzyme_autodiff(wave, (*x)[i], a).0 };
    }
}

// Nothing else refers to the kernels.
#[used]
static ADD: fn(&mut [f64; 8], &[f64; 8], f64, f32, i32, u8, usize) = add;
#[used]
static SLOPES: fn(*mut [f64; 8], *const [f64; 8], f64) = slopes;

fn main() {
    let x: [f64; 8] = std::array::from_fn(|i| i as f64);
    let (mut y, mut dx, mut host) = ([1.0; 8], [0.0; 8], [1.0; 8]);
    offload::<_, _, ()>(add, [1, 1, 1], [1, 1, 1], (&mut y, &x, 0.5f64, 0.25f32, -3i32, 200u8, 7usize));
    offload::<_, _, ()>(slopes, [1, 1, 1], [1, 1, 1], (&mut dx as *mut _, &x as *const _, 0.5f64));
    add(&mut host, &x, 0.5, 0.25, -3, 200, 7);
    assert_eq!(y, host);
    for i in 0..8 {
        assert!((dx[i] - 0.5 * (0.5 * x[i]).cos()).abs() < 1e-14, "{dx:?}");
    }
    println!("right");
}
END_OF_PROGRAM

build() {
  # shellcheck disable=SC2046 # a list of words
  rustc +nightly --edition=2021 -O -Clto=fat -Zoffload=Test -Zunstable-options $("$config" --rustflags "$@") kernels.rs
}
for linker in lld bfd; do
  build --linker=$linker --offload=x86_64
  expect "right" env OMP_TARGET_OFFLOAD=MANDATORY ./kernels
done
build --offload=x86_64,nvptx64:sm_90,amdgcn:gfx90a
expect "right" env OMP_TARGET_OFFLOAD=MANDATORY ./kernels
expect "nvptx64-nvidia-cuda amdgcn-amd-amdhsa x86_64-unknown-linux-gnu" \
  sh -c "llvm-objdump-22 --offloading kernels | awk '/^triple/ {print \$2}' | xargs"

sed -i 's/^#.used.$/#[allow(dead_code)]/' kernels.rs
refused "the kernel 'kernels::add' is launched by code of another compiler, and is not in this link [launch-foreign]" \
  build --offload=x86_64
