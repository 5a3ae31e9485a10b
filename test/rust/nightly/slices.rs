//! Slices, strings beside them, vectors behind references, loops, bounds checks.
use crate::check::*;
use std::autodiff::*;

#[autodiff_reverse(d_norm, Duplicated, Active)]
fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[autodiff_reverse(d_chain, Duplicated, Active)]
fn chain(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 1..x.len() {
        sum += (x[i] * x[i - 1]).sin() * x[x.len() - i].exp();
    }
    sum
}

#[autodiff_reverse(d_axpy, Active, Duplicated, Duplicated)]
#[autodiff_forward(t_axpy, Dual, Dual, Dual)]
fn axpy(a: f64, x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = a * x + *y * *y;
    }
}

#[autodiff_reverse(d_dot, Duplicated, Const, Const, Active)]
fn dot(x: &[f64], weights: &[f64], name: &str) -> f64 {
    let scale = if name.starts_with("twice") { 2.0 } else { 1.0 };
    x.iter().zip(weights).map(|(x, w)| scale * x * w).sum()
}

#[autodiff_reverse(d_grown, Duplicated, Active)]
fn grown(x: &[f64]) -> f64 {
    let mut powers = Vec::new();
    for v in x {
        powers.push(v * v);
        powers.push(v * v * v);
    }
    powers.iter().rev().enumerate().map(|(i, p)| i as f64 * p).sum()
}

#[autodiff_reverse(d_vector, Duplicated, Active)]
fn vector(x: &Vec<f64>) -> f64 {
    let scaled: Vec<f64> = x.iter().map(|v| v.exp()).collect();
    scaled.windows(2).map(|w| w[0] / w[1]).sum()
}

#[autodiff_forward(t_norm, Dual, Dual)]
#[inline(never)]
fn norm_again(x: &[f64]) -> f64 {
    norm(x)
}

pub fn run() {
    let x = numbers(9, 1);
    reverse("norm", norm, d_norm, &x);
    reverse("chain", chain, d_chain, &x);
    reverse("grown", grown, d_grown, &x);

    let mut dx = vec![0.0; 9];
    exact("dot", d_dot(&x, &mut dx, &numbers(9, 2), "twice", 1.0), dot(&x, &numbers(9, 2), "twice"));
    gradient("dot", |x| dot(x, &numbers(9, 2), "twice"), &x, &dx);

    let mut dx = vec![0.0; 9];
    exact("vector", d_vector(&x.clone(), &mut dx, 1.0), vector(&x));
    gradient("vector", |x| vector(&x.to_vec()), &x, &dx);

    let mut dx = vec![1.0; 2];
    exact("value is not seeded", d_norm(&[3.0, 4.0], &mut dx, 10.0), 5.0);
    exact("seeded, accumulated", dx[0], 7.0);
    exact("seeded, accumulated", dx[1], 9.0);

    // y = a x + y²: seeds for y come in its shadow, and shadows of inputs accumulate.
    let (a, x, mut y) = (1.5, [2.0, 3.0], [4.0, 5.0]);
    let (mut dx, mut dy) = ([100.0, 0.0], [1.0, 10.0]);
    let da = d_axpy(a, &x, &mut dx, &mut y, &mut dy);
    exact("y", y[1], 29.5);
    exact("da", da, 32.0);
    exact("dx, accumulated", dx[0], 101.5);
    exact("dx", dx[1], 15.0);
    exact("dy", dy[1], 100.0);
    let (mut y, mut dy) = ([4.0, 5.0], [1.0, 0.0]);
    t_axpy(a, 1.0, &x, &[1.0, 0.5], &mut y, &mut dy);
    exact("tangent of y", dy[0], 2.0 + 1.5 + 8.0);
    exact("tangent of y", dy[1], 3.0 + 0.75);

    let x = [3.0, 4.0];
    exact("tangent", t_norm(&x, &[1.0, 0.0]).1, 0.6);
}
