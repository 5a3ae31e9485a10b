//! Small aggregates that functions return in registers, whole: arrays, pairs, structs with integers.
use crate::check::*;

#[derive(Clone, Copy)]
struct Hit {
    distance: f32,
    index: u32,
}

#[derive(Clone, Copy)]
struct Sample {
    weight: f32,
    count: u32,
    value: f64,
}

#[inline(never)]
fn nearest(x: &[f64]) -> Hit {
    let mut best = Hit { distance: f32::MAX, index: 0 };
    for (i, v) in x.iter().enumerate() {
        if ((*v * *v) as f32) < best.distance {
            best = Hit { distance: (*v * *v) as f32, index: i as u32 };
        }
    }
    best
}

#[inline(never)]
fn two(x: &[f64], i: usize) -> [f64; 2] {
    [x[i] * x[0], x[i].sin()]
}

#[inline(never)]
fn two_single(x: &[f64], i: usize) -> [f32; 2] {
    [(x[i] * x[0]) as f32, x[i] as f32]
}

#[inline(never)]
fn four_single(x: &[f64], i: usize) -> [f32; 4] {
    let v = x[i] as f32;
    [v, v * v, 2.0, v * x[0] as f32]
}

#[inline(never)]
fn sample(x: &[f64], i: usize) -> Sample {
    Sample { weight: x[i] as f32, count: i as u32 + 1, value: x[i] * x[0] }
}

#[inline(never)]
fn pair(x: &[f64], i: usize) -> (f32, i16) {
    ((x[i] * x[i]) as f32, i as i16)
}

#[inline(never)]
fn maybe(x: &[f64], i: usize) -> Option<f32> {
    if i % 3 == 1 { None } else { Some((x[i] * x[i]) as f32) }
}

#[inline(never)]
fn result(x: &[f64], i: usize) -> Result<f32, u32> {
    if i % 3 == 1 { Err(i as u32) } else { Ok((x[i] * x[i]) as f32) }
}

#[linkgrad::reverse(d_hits, Duplicated, Active)]
fn hits(x: &[f64]) -> f64 {
    let hit = nearest(x);
    f64::from(hit.distance) * f64::from(hit.index + 2)
}

#[linkgrad::reverse(d_doubles, Duplicated, Active)]
fn doubles(x: &[f64]) -> f64 {
    (0..x.len()).map(|i| two(x, i)).map(|[a, b]| a * b).sum()
}

#[linkgrad::reverse(d_singles, Duplicated, Active)]
fn singles(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let [a, b] = two_single(x, i);
        let f = four_single(x, i);
        sum += f64::from(a * b + f[0] * f[1] + f[2] * f[3]);
    }
    sum
}

#[linkgrad::reverse(d_samples, Duplicated, Active)]
fn samples(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        let s = sample(x, i);
        let (a, n) = pair(x, i);
        sum += f64::from(s.weight) * s.value * f64::from(s.count) + f64::from(a) * f64::from(n);
    }
    sum
}

#[linkgrad::reverse(d_options, Duplicated, Active)]
fn options(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for i in 0..x.len() {
        sum += f64::from(maybe(x, i).unwrap_or(0.5));
        sum += match result(x, i) {
            Ok(v) => f64::from(v) * x[0],
            Err(n) => f64::from(n) * x[i],
        };
    }
    sum
}

/// Values in single precision: the differences, not the derivatives, are rough.
#[track_caller]
fn single(what: &str, f: fn(&[f64]) -> f64, derivative: fn(&[f64], &mut [f64], f64) -> f64, x: &[f64; 4]) {
    let mut dx = [0.0; 4];
    derivative(x, &mut dx, 1.0);
    for i in 0..4 {
        let along = |step: f64| {
            let mut moved = *x;
            moved[i] += step;
            f(&moved)
        };
        let h = 1.0 / 64.0;
        let wide = (along(2.0 * h) - along(-2.0 * h)) / (4.0 * h);
        let narrow = (along(h) - along(-h)) / (2.0 * h);
        near(&format!("{what}, component {i}"), dx[i], (4.0 * narrow - wide) / 3.0, 1e-4);
    }
}

pub fn run() {
    let x = [0.75, 1.25, -0.5, 0.875];
    reverse("doubles", doubles, d_doubles, &x);
    single("hits", hits, d_hits, &x);
    single("singles", singles, d_singles, &x);
    single("samples", samples, d_samples, &x);
    single("options", options, d_options, &x);
}
