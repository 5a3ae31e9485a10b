//! Maps of the library with active values: by number and by name, updated and consumed.
use crate::check::*;
use std::collections::{BTreeMap, HashMap};

#[linkgrad::reverse(d_by_name, Duplicated, Active)]
fn by_name(x: &[f64]) -> f64 {
    let mut sums: BTreeMap<String, f64> = BTreeMap::new();
    for (i, v) in x.iter().enumerate() {
        *sums.entry(format!("asset {}", i % 3)).or_insert(0.0) += v * v;
    }
    sums.into_iter().map(|(name, v)| name.len() as f64 * v * v).sum()
}

#[linkgrad::reverse(d_by_number, Duplicated, Active)]
fn by_number(x: &[f64]) -> f64 {
    let mut sums: HashMap<usize, f64> = HashMap::new();
    for (i, v) in x.iter().enumerate() {
        *sums.entry(i % 3).or_default() += v * v;
    }
    (0..3).map(|key| sums[&key] * sums[&key] * (key + 1) as f64).sum()
}

pub fn run() {
    let x = numbers(9, 7);
    reverse("by name", by_name, d_by_name, &x);
    reverse("by number", by_number, d_by_number, &x);
}
