//! Maps with strings as keys.
use crate::check::*;
use std::collections::HashMap;

#[linkgrad::reverse(d_by_text, Duplicated, Active)]
fn by_text(x: &[f64]) -> f64 {
    let mut sums: HashMap<String, f64> = HashMap::new();
    for (i, v) in x.iter().enumerate() {
        *sums.entry(format!("asset {}", i % 5)).or_insert(0.0) += v * v;
    }
    sums.iter().map(|(name, v)| name.len() as f64 * v * v).sum()
}

pub fn run() {
    reverse("by text", by_text, d_by_text, &numbers(12, 7));
}
