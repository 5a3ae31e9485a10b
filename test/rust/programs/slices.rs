//! Slices, mutable slices, their shadows and the check of lengths.
use crate::check::*;

#[linkgrad::reverse(d_dot, Duplicated, Duplicated, Active)]
#[linkgrad::forward(t_dot, Dual, Const, Dual)]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(a, b)| a * b.sin()).sum()
}

#[linkgrad::reverse(d_squares, Duplicated, Duplicated)]
#[linkgrad::forward(t_squares, Dual, Dual)]
fn squares(x: &[f64], out: &mut [f64]) {
    for (o, v) in out.iter_mut().zip(x) {
        *o = v * v;
    }
}

#[linkgrad::reverse(d_in_place, Duplicated, Const)]
fn in_place(x: &mut [f64], rounds: usize) {
    for _ in 0..rounds {
        for i in 1..x.len() {
            x[i] += 0.5 * x[i - 1].sin();
        }
    }
}

#[linkgrad::reverse(d_words, Duplicated, Const, Active)]
fn by_words(x: &[f32], words: &[&str]) -> f32 {
    x.iter().zip(words).map(|(v, w)| v * w.len() as f32).sum()
}

#[linkgrad::reverse(d_rows, Duplicated, Active)]
fn rows(x: &[[f64; 3]]) -> f64 {
    x.iter().map(|r| r[0] * r[1] + r[2]).sum()
}

pub fn run() {
    let (x, y) = (numbers(9, 1), numbers(9, 2));
    let (mut dx, mut dy) = (vec![0.0; 9], vec![0.0; 9]);
    exact("dot", d_dot(&x, &mut dx, &y, &mut dy, 1.0), dot(&x, &y));
    gradient("dot, x", |x| dot(x, &y), &x, &dx);
    gradient("dot, y", |y| dot(&x, y), &y, &dy);
    d_dot(&x, &mut dx, &y, &mut dy, 1.0);
    exact("gradients add up", dx[3], 2.0 * y[3].sin());
    let direction = numbers(9, 3);
    let (_, tangent) = t_dot(&x, &direction, &y);
    exact("tangent", tangent, direction.iter().zip(&y).map(|(d, b)| d * b.sin()).sum());

    let (mut out, mut dout, mut dx) = (vec![0.0; 9], vec![1.0; 9], vec![0.0; 9]);
    d_squares(&x, &mut dx, &mut out, &mut dout);
    for i in 0..9 {
        exact("out", out[i], x[i] * x[i]);
        exact("gradient of squares", dx[i], 2.0 * x[i]);
        exact("the seed is consumed", dout[i], 0.0);
    }
    let mut tangents = vec![0.0; 9];
    t_squares(&x, &direction, &mut out, &mut tangents);
    exact("tangents of squares", tangents[4], 2.0 * x[4] * direction[4]);

    let (mut state, mut seed) = (x.clone(), vec![0.0; 9]);
    seed[8] = 1.0;
    d_in_place(&mut state, &mut seed, 3);
    let last = |x: &[f64]| {
        let mut x = x.to_vec();
        in_place(&mut x, 3);
        x[8]
    };
    exact("in place", state[8], last(&x));
    gradient("in place", last, &x, &seed);

    let mut dx = [0.0_f32; 3];
    exact("words", d_words(&[1.0, 2.0, 3.0], &mut dx, &["a", "bb", "cccc"], 1.0).into(), 17.0);
    exact("words", dx[2].into(), 4.0);

    let mut d = [[0.0; 3]; 2];
    exact("rows", d_rows(&[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], &mut d, 1.0), 31.0);
    exact("rows", d[1][0], 5.0);

    let panic = std::panic::catch_unwind(|| d_dot(&[1.0, 2.0, 3.0], &mut [0.0; 2], &[0.0; 3], &mut [0.0; 3], 1.0));
    let message = panic.unwrap_err().downcast::<String>().unwrap();
    holds("a short shadow is refused", message.contains("`x` has length 2") && message.contains("has length 3"));
}
