//! Sorting the numbers themselves, by both orders of the library.
use crate::check::*;

#[linkgrad::reverse(d_sorted, Duplicated, Active)]
fn sorted(x: &[f64]) -> f64 {
    let mut order = x.to_vec();
    order.sort_by(|a, b| a.partial_cmp(b).unwrap());
    order.iter().enumerate().map(|(i, v)| (i + 1) as f64 * v * v).sum()
}

#[linkgrad::reverse(d_median, Duplicated, Active)]
fn median(x: &[f64]) -> f64 {
    let mut order = x.to_vec();
    order.sort_by(f64::total_cmp);
    order[order.len() / 2].powi(2)
}

pub fn run() {
    let x = numbers(9, 7);
    reverse("sorted", sorted, d_sorted, &x);
    reverse("median", median, d_median, &x);
}
