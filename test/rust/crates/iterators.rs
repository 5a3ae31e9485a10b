//! itertools: adaptors over slices and vectors of numbers.
use crate::check::*;
use itertools::{iproduct, izip, Itertools, MinMaxResult};

#[linkgrad::reverse(d_adaptors, Duplicated, Active)]
#[linkgrad::forward(t_adaptors, Dual, DualOnly)]
fn adaptors(x: &[f64]) -> f64 {
    let pairs: f64 = x.iter().tuple_windows().map(|(a, b, c)| a * b.sin() + c).sum();
    let groups: f64 = x.iter().tuples().map(|(a, b)| a / (2.0 + b)).sum();
    let products: f64 = iproduct!(x, x).map(|(a, b)| a * b * b).sum();
    let zipped: f64 = izip!(x, x.iter().skip(1), x.iter().rev()).map(|(a, b, c)| a + b * c).sum();
    let folded = x.iter().copied().reduce(|a, b| a * 0.5 + b).unwrap();
    let interleaved = x.iter().interleave(x.iter().rev()).fold(0.0, |sum, v| sum * 0.3 + v);
    pairs + groups + products + zipped + folded + interleaved
}

#[linkgrad::reverse(d_ordered, Duplicated, Active)]
#[linkgrad::forward(t_ordered, Dual, DualOnly)]
fn ordered(x: &[f64]) -> f64 {
    let ranks: f64 = x
        .iter()
        .sorted_by(|a, b| a.partial_cmp(b).unwrap())
        .enumerate()
        .map(|(i, v)| v * (i + 1) as f64)
        .sum();
    let spread = match x.iter().minmax_by(|a, b| a.partial_cmp(b).unwrap()) {
        MinMaxResult::MinMax(low, high) => (high - low).powi(2),
        _ => 0.0,
    };
    let merged = x[..4].iter().merge_by(&x[4..], |a, b| a <= b).fold(0.0, |sum, v| 0.5 * sum + v * v);
    let position = x.iter().position_max_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
    ranks + spread + merged + x[position].exp()
}

#[linkgrad::reverse(d_collected, Duplicated, Active)]
#[linkgrad::forward(t_collected, Dual, DualOnly)]
fn collected(x: &[f64]) -> f64 {
    let triples: f64 = x.iter().copied().combinations(3).map(|c| c.iter().product::<f64>()).sum();
    let pairs: f64 = x.iter().tuple_combinations().map(|(a, b)| (a - b) * (a - b)).sum();
    let (small, large): (Vec<f64>, Vec<f64>) =
        x.iter().partition_map(|&v| if v < 0.0 { itertools::Either::Left(v * v) } else { itertools::Either::Right(v) });
    let whole = x.iter().map(|v| v * 2.0).collect_vec();
    triples + pairs + small.iter().sum::<f64>() * large.iter().sum::<f64>() + whole[3]
}

#[linkgrad::reverse(d_permuted, Duplicated, Active)]
#[linkgrad::forward(t_permuted, Dual, DualOnly)]
fn permuted(x: &[f64]) -> f64 {
    // A determinant, from its definition.
    (0..3usize).permutations(3).map(|p| {
        let crossings = p.iter().tuple_combinations().filter(|(a, b)| a > b).count();
        let product: f64 = p.iter().enumerate().map(|(i, &j)| x[i * 3 % 8] * (1.0 + x[j]) + f64::from(u8::from(i == j))).product();
        if crossings % 2 == 0 { product } else { -product }
    }).sum()
}

pub fn run() {
    let x = [0.5, -0.2, 0.3, 0.15, -0.25, 0.4, 0.05, -0.1];
    both("adaptors", adaptors, d_adaptors, t_adaptors, &x);
    both("ordered", ordered, d_ordered, t_ordered, &x);
    both("collected", collected, d_collected, t_collected, &x);
    both("permuted", permuted, d_permuted, t_permuted, &x);
}
