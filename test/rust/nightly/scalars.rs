//! Numbers by value: every activity, both modes, f32, integers beside numbers.
use crate::check::*;
use std::autodiff::*;

#[autodiff_reverse(d_rosenbrock, Active, Active, Active)]
#[autodiff_reverse(d_rosenbrock_x, Active, Const, ActiveOnly)]
#[autodiff_forward(t_rosenbrock, Dual, Const, Dual)]
#[autodiff_forward(t_rosenbrock_both, Dual, Dual, DualOnly)]
fn rosenbrock(x: f64, y: f64) -> f64 {
    (1.0 - x).powi(2) + 100.0 * (y - x.powi(2)).powi(2)
}

#[autodiff_reverse(d_single, Active, Active)]
#[autodiff_forward(t_single, Dual, Dual)]
fn single(x: f32) -> f32 {
    x.sin() * x.exp()
}

#[autodiff_reverse(d_kinds, Active, Const, Const, Active, Active)]
fn kinds(x: f64, n: usize, negative: bool, y: f32) -> f64 {
    let power = (0..n).fold(1.0, |p, _| p * x);
    (if negative { -power } else { power }) * f64::from(y)
}

#[autodiff_forward(t_count, Dual, Const)]
#[inline(never)]
fn count(x: f64) -> usize {
    (x * 10.0) as usize
}

#[autodiff_reverse(d_square, Active, Const)]
fn square(x: f64) -> f64 {
    x * x
}

#[autodiff_reverse(d_index, Duplicated, Const, Const)]
fn index(x: &[f64], n: usize) -> usize {
    x.iter().take(n).filter(|v| **v > 1.0).count()
}

#[autodiff_reverse(d_library, Active, Active)]
fn library(x: f64) -> f64 {
    x.tanh() + x.atan() * x.cbrt() - x.ln_1p() + x.hypot(2.0) + x.powf(1.5) + x.asinh() + x.sqrt().min(x) + x.max(0.25)
}

pub fn run() {
    let (value, dx, dy) = d_rosenbrock(1.0, 3.0, 1.0);
    exact("value", value, 400.0);
    exact("dx", dx, -800.0);
    exact("dy", dy, 400.0);
    let (value, dx, dy) = d_rosenbrock(1.0, 3.0, 0.5);
    exact("value is not seeded", value, 400.0);
    exact("half dx", dx, -400.0);
    exact("half dy", dy, 200.0);
    exact("double dx", d_rosenbrock_x(1.0, 3.0, 2.0), -1600.0);
    exact("only dx", d_rosenbrock_x(1.0, 3.0, 1.0), -800.0);
    let (value, tangent) = t_rosenbrock(1.0, 2.0, 3.0);
    exact("value", value, 400.0);
    exact("tangent", tangent, -1600.0);
    exact("tangent of both", t_rosenbrock_both(1.0, 1.0, 3.0, 1.0), -400.0);

    let x = 0.7_f32;
    let slope_of_single = x.exp() * (x.sin() + x.cos());
    let (value, dx) = d_single(x, 1.0);
    near("f32 value", value.into(), (x.sin() * x.exp()).into(), 1e-6);
    near("f32 gradient", dx.into(), slope_of_single.into(), 1e-6);
    near("f32 tangent", t_single(x, 3.0).1.into(), (3.0 * slope_of_single).into(), 1e-6);

    let (value, dx, dy) = d_kinds(1.5, 3, true, 2.0, 1.0);
    exact("mixed value", value, -6.75);
    exact("mixed dx", dx, -13.5);
    near("mixed dy", dy.into(), -3.375, 1e-6);

    holds("a constant result", t_count(1.25, 1.0) == 12);
    let mut dx = [0.0; 3];
    holds("a constant result", d_index(&[1.5, 0.5, 2.0], &mut dx, 2) == 1);
    exact("value of a constant result", d_square(3.0).0, 9.0);
    exact("gradient of a constant result", d_square(3.0).1, 0.0);
    for x in [0.3, 1.7, 5.0] {
        let (value, dx) = d_library(x, 1.0);
        exact("library", value, library(x));
        near("library", dx, slope(library, x), 1e-9);
    }
}
