//! Numbers by value: Active, seeds, several parameters, both modes, f32.
use crate::check::*;

#[linkgrad::reverse(d_rosenbrock, Active, Active, Active)]
#[linkgrad::reverse(d_rosenbrock_x, Active, Const, ActiveOnly)]
#[linkgrad::reverse(d_rosenbrock_const, Active, Active, Const)]
#[linkgrad::forward(t_rosenbrock, Dual, Const, Dual)]
#[linkgrad::forward(t_rosenbrock_both, Dual, Dual, DualOnly)]
fn rosenbrock(x: f64, y: f64) -> f64 {
    (1.0 - x).powi(2) + 100.0 * (y - x.powi(2)).powi(2)
}

#[linkgrad::reverse(d_single, Active, Active)]
#[linkgrad::forward(t_single, Dual, Dual)]
fn single(x: f32) -> f32 {
    x.sin() * x.exp()
}

#[linkgrad::reverse(d_kinds, Active, Const, Const, Active, Active)]
fn kinds(x: f64, n: usize, negative: bool, y: f32) -> f64 {
    let power = (0..n).fold(1.0, |p, _| p * x);
    (if negative { -power } else { power }) * f64::from(y)
}

/// No load or store of a number is left of this once it is optimised.
#[linkgrad::reverse(d_magnitude, Duplicated, Duplicated)]
#[linkgrad::forward(t_magnitude, Dual, Dual)]
fn magnitude(x: &f64, y: &mut f64) {
    *y = f64::from_bits(x.to_bits() & (u64::MAX >> 1));
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
    exact("only dx", d_rosenbrock_x(1.0, 3.0, 2.0), -1600.0);
    let (value, dx, dy) = d_rosenbrock_const(1.0, 3.0);
    exact("value of a constant result", value, 400.0);
    exact("constant result, dx", dx, 0.0);
    exact("constant result, dy", dy, 0.0);
    let (value, tangent) = t_rosenbrock(1.0, 2.0, 3.0);
    exact("value", value, 400.0);
    exact("tangent", tangent, -1600.0);
    exact("tangent of both", t_rosenbrock_both(1.0, 1.0, 3.0, 1.0), -400.0);

    let x = 0.7_f32;
    let slope = x.exp() * (x.sin() + x.cos());
    let (value, dx) = d_single(x, 1.0);
    near("f32 value", value.into(), (x.sin() * x.exp()).into(), 1e-6);
    near("f32 gradient", dx.into(), slope.into(), 1e-6);
    near("f32 tangent", t_single(x, 3.0).1.into(), (3.0 * slope).into(), 1e-6);

    let (value, dx, dy) = d_kinds(1.5, 3, true, 2.0, 1.0);
    exact("mixed value", value, -6.75);
    exact("mixed dx", dx, -13.5);
    near("mixed dy", dy.into(), -3.375, 1e-6);

    let (mut y, mut dx, mut dy) = (0.0, 0.0, 3.0);
    d_magnitude(&-1.5, &mut dx, &mut y, &mut dy);
    exact("bits, value", y, 1.5);
    exact("bits, gradient", dx, -3.0);
    t_magnitude(&-1.5, &2.0, &mut y, &mut dy);
    exact("bits, tangent", dy, -2.0);
}
