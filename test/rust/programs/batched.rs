//! Several directions at once.
use crate::check::*;

#[linkgrad::forward(t4_norm, 4, Dual, Dual)]
#[linkgrad::forward(t2_norm_only, 2, Dual, DualOnly)]
#[linkgrad::forward(tv_norm, 3, Dualv, Dual)]
#[linkgrad::reverse(d2_norm, 2, Duplicated, Active)]
fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[linkgrad::forward(t2_scalar, 2, Dual, Const, Dual)]
#[linkgrad::reverse(d3_scalar, 3, Active, Active, Active)]
fn scalar(x: f64, y: f64) -> f64 {
    x * x * y
}

#[linkgrad::forward(t2_map, 2, Dual, Dual)]
fn map(x: &[f32], y: &mut [f32]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = x * x;
    }
}

pub fn run() {
    let x = [3.0, 4.0];
    let [value, a, b, c, d] = t4_norm(&x, &[1.0, 0.0], &[0.0, 1.0], &[1.0, 1.0], &[2.0, 0.0]);
    exact("value", value, 5.0);
    for (got, want) in [a, b, c, d].into_iter().zip([0.6, 0.8, 1.4, 1.2]) {
        exact("lane", got, want);
    }
    let [a, b] = t2_norm_only(&x, &[1.0, 0.0], &[0.0, 1.0]);
    exact("tangents alone", a + 10.0 * b, 8.6);
    let [_, a, b, c] = tv_norm(&x, &[1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
    exact("one behind the other", a + 10.0 * b + 100.0 * c, 0.6 + 8.0 + 140.0);
    let (mut first, mut second) = ([0.0; 2], [0.0; 2]);
    exact("reverse", d2_norm(&x, &mut first, &mut second, [1.0, 10.0]), 5.0);
    exact("reverse", first[0], 0.6);
    exact("reverse", second[1], 8.0);

    let [value, a, b] = t2_scalar(2.0, 1.0, 10.0, 3.0);
    exact("scalar", value, 12.0);
    exact("scalar", a, 12.0);
    exact("scalar", b, 120.0);
    let (value, dx, dy) = d3_scalar(2.0, 3.0, [1.0, 2.0, 3.0]);
    exact("scalar, reverse", value, 12.0);
    exact("scalar, reverse", dx[2], 36.0);
    exact("scalar, reverse", dy[1], 8.0);

    let (mut y, mut a, mut b) = ([0.0_f32; 2], [0.0_f32; 2], [0.0_f32; 2]);
    t2_map(&[1.0, 2.0], &[1.0, 0.0], &[0.0, 1.0], &mut y, &mut a, &mut b);
    exact("map", y[1].into(), 4.0);
    exact("map", a[0].into(), 2.0);
    exact("map", b[1].into(), 4.0);
}
