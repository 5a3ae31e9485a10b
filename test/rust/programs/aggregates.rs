//! Arrays, structs, tuples, references, boxes and vectors.
use crate::check::*;

#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Point {
    x: f64,
    y: f64,
    weight: f32,
}

#[derive(Clone, Default)]
struct Model {
    weights: Vec<f64>,
    bias: f64,
    layers: usize,
}

#[linkgrad::reverse(d_array, Active, Active)]
#[linkgrad::forward(t_array, Dual, Dual)]
fn array(a: [f64; 4]) -> f64 {
    a[0] * a[1] + a[2] * a[3]
}

#[linkgrad::reverse(d_point, Active, Active, Active)]
fn point(p: Point, scale: f64) -> f64 {
    scale * p.x * p.y * f64::from(p.weight)
}

#[linkgrad::reverse(d_point_ref, Duplicated, Active)]
#[linkgrad::forward(t_point_ref, Dual, Dual)]
fn point_ref(p: &Point) -> f64 {
    p.x.powi(2) * p.y
}

#[linkgrad::reverse(d_tuple, Active, Active)]
fn tuple(t: (f64, f32, (f64, u8))) -> f64 {
    t.0 * f64::from(t.1) + (t.2).0 * f64::from((t.2).1)
}

#[linkgrad::reverse(d_pair, Active, Active)]
#[linkgrad::forward(t_pair, Dual, Dual)]
fn pair(x: f64) -> (f64, f64) {
    (x.sin(), x.cos())
}

#[linkgrad::reverse(d_triple, Active, Active)]
#[linkgrad::forward(t_triple, Dual, Dual)]
fn triple(x: f64) -> [f64; 3] {
    [x, x * x, x * x * x]
}

#[linkgrad::reverse(d_make, Active, Active, Active)]
fn make(x: f64, y: f64) -> Point {
    Point { x: x * y, y: x + y, weight: x as f32 }
}

#[linkgrad::reverse(d_scale, Duplicated, Active)]
fn scale(p: &mut Point, by: f64) {
    p.x *= by;
    p.y *= by * by;
}

#[linkgrad::reverse(d_boxed, Duplicated, Active)]
fn boxed(x: &Box<f64>) -> f64 {
    **x * **x
}

#[linkgrad::reverse(d_vector, Duplicated, Active)]
#[linkgrad::forward(t_vector, Dual, Dual)]
fn vector(x: &Vec<f64>) -> f64 {
    x.iter().map(|v| v.exp()).sum()
}

#[linkgrad::reverse(d_model, Duplicated, Duplicated, Active)]
fn evaluate(model: &Model, x: &[f64]) -> f64 {
    let mut h = x.to_vec();
    for _ in 0..model.layers {
        for (h, w) in h.iter_mut().zip(&model.weights) {
            *h = (*h * w + model.bias).tanh();
        }
    }
    h.iter().sum()
}

#[linkgrad::reverse(d_newtype, Active, Active)]
fn newtype(m: Metres) -> f64 {
    m.0 * m.0
}
#[derive(Clone, Copy)]
struct Metres(f64);

pub fn run() {
    let (value, d) = d_array([1.0, 2.0, 3.0, 4.0], 1.0);
    exact("array", value, 14.0);
    exact("array", d.iter().zip([2.0, 1.0, 4.0, 3.0]).map(|(a, b)| (a - b).abs()).sum(), 0.0);
    exact("array tangent", t_array([1.0, 2.0, 3.0, 4.0], [0.0, 0.0, 1.0, 1.0]).1, 7.0);

    let p = Point { x: 2.0, y: 3.0, weight: 0.5 };
    let (value, dp, dscale) = d_point(p, 4.0, 1.0);
    exact("struct", value, 12.0);
    exact("struct x", dp.x, 6.0);
    exact("struct y", dp.y, 4.0);
    exact("struct weight", dp.weight.into(), 24.0);
    exact("struct and scalar", dscale, 3.0);
    let mut dp = Point::default();
    exact("reference", d_point_ref(&p, &mut dp, 1.0), 12.0);
    exact("reference x", dp.x, 12.0);
    exact("reference y", dp.y, 4.0);
    exact("reference tangent", t_point_ref(&p, &Point { x: 1.0, y: 0.0, weight: 0.0 }).1, 12.0);

    let (value, d) = d_tuple((2.0, 3.0, (5.0, 7)), 1.0);
    exact("tuple", value, 41.0);
    exact("tuple", d.0, 3.0);
    exact("tuple", d.1.into(), 2.0);
    exact("tuple", (d.2).0, 7.0);

    let (value, d) = d_pair(0.3, (2.0, 5.0));
    exact("pair", value.1, 0.3_f64.cos());
    exact("pair", d, 2.0 * 0.3_f64.cos() - 5.0 * 0.3_f64.sin());
    exact("pair tangent", (t_pair(0.3, 1.0).1).1, -(0.3_f64.sin()));
    exact("array result", d_triple(2.0, [1.0, 10.0, 100.0]).1, 1.0 + 40.0 + 1200.0);
    exact("array tangent", t_triple(2.0, 1.0).1[2], 12.0);
    let (value, dx, dy) = d_make(2.0, 3.0, Point { x: 1.0, y: 10.0, weight: 100.0 });
    exact("struct result", value.x, 6.0);
    exact("struct result dx", dx, 3.0 + 10.0 + 100.0);
    exact("struct result dy", dy, 2.0 + 10.0);

    let (mut p, mut dp) = (p, Point { x: 1.0, y: 1.0, weight: 0.0 });
    exact("in place", d_scale(&mut p, &mut dp, 2.0), 2.0 + 3.0 * 4.0);
    exact("in place", p.y, 12.0);
    exact("in place", dp.y, 4.0);

    let mut dx = Box::new(0.0);
    exact("box", d_boxed(&Box::new(3.0), &mut dx, 1.0), 9.0);
    exact("box", *dx, 6.0);
    let (x, mut dx) = (numbers(5, 4), vec![0.0; 5]);
    d_vector(&x, &mut dx, 1.0);
    exact("vector", dx[2], x[2].exp());
    exact("vector tangent", t_vector(&x, &vec![1.0; 5]).1, x.iter().map(|v| v.exp()).sum());

    let model = Model { weights: numbers(4, 5), bias: 0.1, layers: 3 };
    let mut dmodel = Model { weights: vec![0.0; 4], bias: 0.0, layers: 3 };
    let (x, mut dx) = (numbers(4, 6), vec![0.0; 4]);
    exact("model", d_model(&model, &mut dmodel, &x, &mut dx, 1.0), evaluate(&model, &x));
    gradient("model, x", |x| evaluate(&model, x), &x, &dx);
    let with_weights = |w: &[f64]| evaluate(&Model { weights: w.to_vec(), ..model.clone() }, &x);
    gradient("model, weights", with_weights, &model.weights, &dmodel.weights);
    let with_bias = |bias: f64| evaluate(&Model { bias, ..model.clone() }, &x);
    near("model, bias", dmodel.bias, slope(with_bias, 0.1), 1e-8);

    exact("newtype", d_newtype(Metres(3.0), 1.0).1 .0, 6.0);
}
