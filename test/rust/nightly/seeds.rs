//! The adjoint of the result reaches the derivative, whatever the result is and stands behind.
use crate::check::*;
use std::autodiff::*;

#[autodiff_reverse(d_number, Active, Active)]
#[autodiff_reverse(d_number_only, Active, ActiveOnly)]
fn number(x: f64) -> f64 {
    x * x
}

#[autodiff_reverse(d_constant, Duplicated, Const, Const)]
fn constant(x: &mut [f64; 2], y: f64) -> f64 {
    x[0] *= x[1];
    y
}

#[autodiff_reverse(d_slices, Duplicated, Const, Duplicated, Const, Active)]
fn slices(x: &[f64], n: usize, y: &[f64], s: &[f64]) -> f64 {
    x[n] * y[n] * s[n]
}

#[autodiff_reverse(d_pair, Active, Active)]
#[autodiff_reverse(d_pair_only, Active, ActiveOnly)]
fn pair(x: f64) -> (f64, f64) {
    (x * x, 3.0 * x)
}

#[autodiff_reverse(d_gap, Active, Active)]
fn gap(x: f64) -> (f64, f32) {
    (x, (x * x) as f32)
}

#[autodiff_reverse(d_array, Active, Active)]
fn array(x: f64) -> [f64; 4] {
    [x, x * x, x * x * x, 1.0]
}

#[autodiff_reverse(d_small, Active, Active)]
fn small(x: f64) -> [f32; 2] {
    [x as f32, (x * x) as f32]
}

#[autodiff_reverse(d_triple, Duplicated, Active)]
fn triple(x: &[f64; 2]) -> (f64, f64, f64) {
    (x[0], x[0] * x[1], x[1] * x[1])
}

pub fn run() {
    exact("number", d_number(3.0, 10.0).1, 60.0);
    exact("number alone", d_number_only(3.0, 10.0), 60.0);

    let (mut x, mut dx) = ([3.0, 5.0], [10.0, 100.0]);
    exact("constant result", d_constant(&mut x, &mut dx, 7.0), 7.0);
    exact("beside a constant result", dx[0], 50.0);
    exact("beside a constant result", dx[1], 130.0);

    let (mut dx, mut dy) = ([1.0; 3], [1.0; 2]);
    let value = d_slices(&[2.0, 3.0, 5.0], &mut dx, 1, &[4.0, 6.0], &mut dy, &[1.0, 2.0], 10.0);
    exact("slices", value, 36.0);
    exact("gradient of slices", dx[1], 1.0 + 120.0);
    exact("gradient of slices", dy[1], 1.0 + 60.0);

    exact("pair", d_pair(2.0, (10.0, 100.0)).1, 340.0);
    exact("pair alone", d_pair_only(2.0, (10.0, 100.0)), 340.0);
    let (value, gradient) = d_gap(3.0, (10.0, 100.0));
    exact("pair with a gap", f64::from(value.1), 9.0);
    exact("gradient of a pair with a gap", gradient, 610.0);

    let (value, gradient) = d_array(3.0, [10.0, 100.0, 1000.0, 1e4]);
    exact("array", value[2], 27.0);
    exact("gradient of an array", gradient, 10.0 + 600.0 + 27000.0);
    let (value, gradient) = d_small(3.0, [2.0, 30.0]);
    exact("small array", f64::from(value[1]), 9.0);
    exact("gradient of a small array", gradient, 182.0);

    let mut dx = [1.0; 2];
    let value = d_triple(&[2.0, 3.0], &mut dx, (10.0, 100.0, 1000.0));
    exact("triple", value.1, 6.0);
    exact("gradient of a triple", dx[0], 1.0 + 10.0 + 300.0);
    exact("gradient of a triple", dx[1], 1.0 + 200.0 + 6000.0);
}
