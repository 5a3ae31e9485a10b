//! Vectors that grow, iterators, closures.
use crate::check::*;

#[linkgrad::reverse(d_pushes, Duplicated, Active)]
fn pushes(x: &[f64]) -> f64 {
    let mut seen = Vec::new();
    for v in x {
        if *v > -0.5 {
            seen.push(v * v);
        }
    }
    let mut total = 1.0_f64;
    while let Some(v) = seen.pop() {
        total = total * 0.5 + v * total.sin();
    }
    total
}

#[linkgrad::reverse(d_chain, Duplicated, Active)]
fn chain(x: &[f64]) -> f64 {
    x.windows(2)
        .map(|w| w[0] * w[1])
        .enumerate()
        .filter(|(i, _)| i % 3 != 1)
        .map(|(i, v)| v * (i as f64 + 1.0).sqrt())
        .chain(x.iter().rev().step_by(2).copied())
        .fold(0.0, |a, b| a + b * b)
}

#[linkgrad::reverse(d_collected, Duplicated, Active)]
fn collected(x: &[f64]) -> f64 {
    let squares: Vec<f64> = x.iter().map(|v| v * v).collect();
    let pairs: Vec<(usize, f64)> = squares.iter().copied().enumerate().skip(1).collect();
    let mut sums = vec![0.0; 3];
    for (i, v) in &pairs {
        sums[i % 3] += v;
    }
    let largest = squares.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
    sums.iter().product::<f64>() + largest
}

#[linkgrad::reverse(d_closures, Duplicated, Active)]
fn closures(x: &[f64]) -> f64 {
    let scale = x[0];
    let mut count = 0.0;
    let mut add = |v: f64| {
        count += v * scale;
        count
    };
    let mut total = 0.0;
    for v in x {
        total += add(*v) * v;
    }
    let by: Box<dyn Fn(f64) -> f64> = if x.len() > 3 { Box::new(move |v| v * scale) } else { Box::new(|v| v + 1.0) };
    by(total)
}

#[linkgrad::reverse(d_sorted_by_index, Duplicated, Active)]
fn sorted_by_index(x: &[f64]) -> f64 {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_unstable_by(|a, b| x[*b].total_cmp(&x[*a]));
    order.iter().enumerate().map(|(i, at)| x[*at] * x[*at] * i as f64).sum()
}

pub fn run() {
    let x = numbers(9, 7);
    reverse("pushes", pushes, d_pushes, &x);
    reverse("chain", chain, d_chain, &x);
    reverse("collected", collected, d_collected, &x);
    reverse("closures", closures, d_closures, &x);
    reverse("sorted by index", sorted_by_index, d_sorted_by_index, &x);
}
