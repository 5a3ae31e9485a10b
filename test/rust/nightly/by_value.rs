//! Pairs, small arrays and structs by value, which rustc passes in parts, as integers or through memory.
use crate::check::*;
use std::autodiff::*;

#[autodiff_forward(t_pair, Dual, Dual)]
#[autodiff_forward(t_pair_2, 2, Dual, Dual)]
#[autodiff_reverse(d_pair, Active, Active)]
fn pair(p: (f64, f64)) -> f64 {
    p.0 * p.0 * p.1
}

#[autodiff_forward(t_two, Dual, Dual, Dual)]
fn two(x: f64, y: f64) -> f64 {
    x * x * y
}

#[autodiff_forward(t_beside, Dual, Dual, Dual, Dual)]
#[autodiff_reverse(d_beside, Active, Active, Active, Active)]
fn beside(a: f64, p: (f64, f64), b: f64) -> f64 {
    a * p.0 + a * b * p.1 * p.1
}

#[autodiff_forward(t_mixed, Dual, Dual)]
#[autodiff_reverse(d_mixed, Active, Active)]
fn mixed(p: (f64, f32)) -> f64 {
    p.0 * p.0 * f64::from(p.1)
}

#[autodiff_forward(t_constant, Dual, Const, Dual)]
fn constant(x: f64, n: (f64, u32)) -> f64 {
    x * n.0 * f64::from(n.1)
}

#[autodiff_forward(t_option, Dual, Const, Dual)]
fn option(x: f64, scale: Option<f64>) -> f64 {
    x * x * scale.unwrap_or(3.0)
}

#[derive(Clone, Copy)]
struct Vec2 {
    x: f64,
    y: f64,
}

#[autodiff_forward(t_product, Dual, Dual, Dual)]
fn product(p: Vec2, q: Vec2) -> Vec2 {
    Vec2 { x: p.x * q.x - p.y * q.y, y: p.x * q.y + p.y * q.x }
}

#[derive(Clone, Copy)]
struct Vec3(f64, f64, f64);

#[autodiff_forward(t_volume, Dual, Dual)]
fn volume(p: Vec3) -> f64 {
    p.0 * p.1 * p.2
}

#[autodiff_forward(t_array, Dual, Dual)]
#[autodiff_reverse(d_array, Active, Active)]
fn array(p: [f64; 2]) -> f64 {
    p[0] * p[0] * p[1]
}

#[autodiff_forward(t_small, Dual, Dual)]
fn small(p: [f32; 2]) -> f32 {
    p[0] * p[1]
}

#[autodiff_forward(t_vector, Dual, Dual)]
fn vector(x: Vec<f64>) -> f64 {
    x.iter().map(|v| v * v).sum()
}

#[autodiff_reverse(d_order, Active, Active, Active, Active)]
fn order(a: f32, p: (f64, f64), b: f32) -> f32 {
    a * a * (p.0 * p.1) as f32 + b
}

pub fn run() {
    let (value, tangent) = t_pair((3.0, 2.0), (1.0, 10.0));
    exact("pair", value, 18.0);
    exact("tangent of a pair", tangent, 12.0 + 90.0);
    let all = t_pair_2((3.0, 2.0), (1.0, 0.0), (0.0, 1.0));
    exact("pair, two lanes", all[1], 12.0);
    exact("pair, two lanes", all[2], 9.0);
    let (value, gradient) = d_pair((3.0, 2.0), 1.0);
    exact("pair", value, 18.0);
    exact("gradient of a pair", gradient.0, 12.0);
    exact("gradient of a pair", gradient.1, 9.0);

    exact("two numbers are no pair", t_two(3.0, 1.0, 2.0, 10.0).1, 102.0);

    let want = [3.0 + 4.0 * 25.0, 2.0, 2.0 * 4.0 * 2.0 * 5.0, 2.0 * 25.0];
    exact("beside", t_beside(2.0, 1.0, (3.0, 5.0), (0.0, 0.0), 4.0, 0.0).1, want[0]);
    exact("beside", t_beside(2.0, 0.0, (3.0, 5.0), (1.0, 0.0), 4.0, 0.0).1, want[1]);
    exact("beside", t_beside(2.0, 0.0, (3.0, 5.0), (0.0, 1.0), 4.0, 0.0).1, want[2]);
    exact("beside", t_beside(2.0, 0.0, (3.0, 5.0), (0.0, 0.0), 4.0, 1.0).1, want[3]);
    let (_, da, dp, db) = d_beside(2.0, (3.0, 5.0), 4.0, 1.0);
    exact("beside, reverse", da, want[0]);
    exact("beside, reverse", dp.0, want[1]);
    exact("beside, reverse", dp.1, want[2]);
    exact("beside, reverse", db, want[3]);

    exact("mixed", t_mixed((3.0, 2.0), (1.0, 10.0)).1, 102.0);
    let (value, gradient) = d_mixed((3.0, 2.0), 1.0);
    exact("mixed", value, 18.0);
    exact("mixed", gradient.0, 12.0);
    exact("mixed", gradient.1.into(), 9.0);
    exact("constant", t_constant(2.0, 1.0, (3.0, 4)).1, 12.0);
    exact("option", t_option(2.0, 1.0, Some(5.0)).1, 20.0);
    exact("option", t_option(2.0, 1.0, None).1, 12.0);

    let (p, q) = (Vec2 { x: 1.0, y: 2.0 }, Vec2 { x: 3.0, y: 4.0 });
    let (value, tangent) = t_product(p, Vec2 { x: 1.0, y: 0.0 }, q, Vec2 { x: 0.0, y: 1.0 });
    exact("product", value.x, -5.0);
    exact("product", value.y, 10.0);
    exact("tangent of a product", tangent.x, 3.0 - 2.0);
    exact("tangent of a product", tangent.y, 4.0 + 1.0);

    exact("volume", t_volume(Vec3(1.0, 2.0, 3.0), Vec3(0.0, 1.0, 10.0)).1, 3.0 + 20.0);
    exact("array", t_array([3.0, 2.0], [1.0, 10.0]).1, 102.0);
    let (value, gradient) = d_array([3.0, 2.0], 1.0);
    exact("array", value, 18.0);
    exact("array", gradient[0], 12.0);
    exact("array", gradient[1], 9.0);
    exact("small array", t_small([3.0, 2.0], [1.0, 10.0]).1.into(), 32.0);
    exact("vector", t_vector(vec![3.0, 2.0], vec![1.0, 10.0]).1, 46.0);

    let (value, da, dp, db) = d_order(2.0, (3.0, 5.0), 4.0, 1.0);
    exact("order", value.into(), 64.0);
    exact("order", da.into(), 60.0);
    exact("order", dp.0, 20.0);
    exact("order", dp.1, 12.0);
    exact("order", db.into(), 1.0);
}
