#!/bin/sh
# rustc without cargo, and the calling convention without the crate.
. "${0%/*}/common.sh"

cat >main.rs <<'END'
use std::ffi::c_int;

unsafe extern "C" {
    static enzyme_dup: c_int;
    static enzyme_const: c_int;
    #[link_name = "__enzyme_autodiff_square"]
    fn d_square(f: extern "C" fn(f64) -> f64, x: f64) -> f64;
    #[link_name = "__enzyme_autodiff_sum"]
    fn d_sum(
        f: extern "C" fn(*const f32, usize) -> f32,
        dup: *const c_int, x: *const f32, dx: *mut f32,
        constant: *const c_int, n: usize,
    );
    fn __enzyme_fwddiff(f: *const (), ...) -> f64;
}

extern "C" fn square(x: f64) -> f64 {
    x * x
}

extern "C" fn sum(x: *const f32, n: usize) -> f32 {
    let x = unsafe { std::slice::from_raw_parts(x, n) };
    x.iter().map(|v| v * v).sum()
}

fn main() {
    unsafe {
        let mut dx = [0.0; 2];
        d_sum(sum, &raw const enzyme_dup, [1.0, 2.0].as_ptr(), dx.as_mut_ptr(), &raw const enzyme_const, 2);
        println!("{} {} {:?}", d_square(square, 3.0), __enzyme_fwddiff(square as *const (), 3.0, 2.0), dx);
    }
}
END
for level in 0 3; do
  # shellcheck disable=SC2046 # a list of words
  rustc --edition 2021 -Copt-level=$level -Clto=fat $("$config" --rustflags) main.rs -o "program$level"
  expect "6 12 [2.0, 4.0]" "./program$level"
done
