//! Tuples, arrays and structs as results.
use crate::check::*;
use std::autodiff::*;

#[autodiff_forward(t_array, Dual, Dual)]
fn array(x: f64) -> [f64; 4] {
    [x, x * x, x.sin(), x.exp()]
}

#[autodiff_forward(t_pair, Dual, Dual)]
fn pair(x: f64) -> (f64, f64) {
    (x * x, x.cos())
}

#[autodiff_forward(t_mixed, Dual, Dual)]
fn mixed(x: f64) -> (f32, f64) {
    (2.0 * x as f32, x * x)
}

#[derive(Clone, Copy)]
struct Point {
    x: f64,
    y: f64,
    z: f64,
}

#[autodiff_forward(t_point, Dual, Dual, Dual)]
fn point(radius: f64, angle: f64) -> Point {
    Point { x: radius * angle.cos(), y: radius * angle.sin(), z: radius * angle }
}

#[autodiff_forward(t_small, Dual, Dual)]
fn small(x: f32) -> [f32; 2] {
    [x * x, x + 1.0]
}

#[autodiff_forward(t_single, Dual, Dual)]
fn single(x: f64) -> [f64; 1] {
    [x * x]
}

#[autodiff_forward(t_triple, Dual, DualOnly)]
fn triple(x: f32) -> (f32, f32, f32) {
    (x, x * x, 1.0)
}

#[autodiff_forward(t_counted, Dual, Dual)]
fn counted(x: f64) -> (u32, f64) {
    (x as u32, x * x)
}

#[autodiff_forward(t_lanes, 2, Dual, Dual)]
#[autodiff_forward(t_lanes_only, 2, Dual, DualOnly)]
fn lanes(x: f64) -> [f64; 3] {
    [x, x * x, x * x * x]
}

#[autodiff_reverse(d_many, Active, Active, Active, Active, Active)]
fn many(a: f64, b: f32, c: f64, d: f32) -> f64 {
    a * a + f64::from(b) * c + f64::from(d) * 3.0
}

pub fn run() {
    let (value, tangent) = t_array(0.5, 2.0);
    let want = [2.0, 2.0, 2.0 * 0.5_f64.cos(), 2.0 * 0.5_f64.exp()];
    for i in 0..4 {
        exact("array", value[i], array(0.5)[i]);
        exact("tangent of an array", tangent[i], want[i]);
    }
    let (value, tangent) = t_pair(0.5, 2.0);
    exact("pair", value.1, 0.5_f64.cos());
    exact("tangent of a pair", tangent.0, 2.0);
    exact("tangent of a pair", tangent.1, -2.0 * 0.5_f64.sin());
    let (value, tangent) = t_mixed(0.5, 2.0);
    exact("mixed", value.0.into(), 1.0);
    exact("mixed", value.1, 0.25);
    exact("tangent of mixed", tangent.0.into(), 4.0);
    exact("tangent of mixed", tangent.1, 2.0);
    let (value, tangent) = t_point(2.0, 1.0, 0.5, 0.25);
    exact("point", value.z, 1.0);
    exact("tangent of a point", tangent.x, 0.5_f64.cos() - 0.5 * 0.5_f64.sin());
    exact("tangent of a point", tangent.y, 0.5_f64.sin() + 0.5 * 0.5_f64.cos());
    exact("tangent of a point", tangent.z, 1.0);

    let (value, tangent) = t_small(3.0, 2.0);
    exact("small array", value[0].into(), 9.0);
    exact("small array", tangent[0].into(), 12.0);
    exact("small array", tangent[1].into(), 2.0);
    let (value, tangent) = t_single(3.0, 2.0);
    exact("one element", value[0], 9.0);
    exact("one element", tangent[0], 12.0);
    let tangent = t_triple(3.0, 2.0);
    exact("triple", tangent.0.into(), 2.0);
    exact("triple", tangent.1.into(), 12.0);
    exact("triple", tangent.2.into(), 0.0);
    let (value, tangent) = t_counted(3.5, 2.0);
    holds("counted", value.0 == 3);
    exact("counted", value.1, 12.25);
    exact("counted", tangent.1, 14.0);
    let all = t_lanes(2.0, 1.0, 10.0);
    exact("lanes", all[0][2], 8.0);
    exact("lanes", all[1][1], 4.0);
    exact("lanes", all[2][2], 120.0);
    exact("lanes", t_lanes_only(2.0, 1.0, 10.0)[1][2], 120.0);

    let (value, da, db, dc, dd) = d_many(2.0, 3.0, 4.0, 5.0, 1.0);
    exact("many", value, 31.0);
    exact("many", da, 4.0);
    exact("many", db.into(), 4.0);
    exact("many", dc, 3.0);
    exact("many", dd.into(), 3.0);
}
