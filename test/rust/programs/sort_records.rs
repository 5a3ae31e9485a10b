//! Records of an integer and a number, and rows, are sorted; a map has tuples as keys and vectors as values.

use crate::check::*;
use std::collections::HashMap;

#[linkgrad::reverse(d_pairs, Duplicated, Active)]
fn pairs(x: &[f64]) -> f64 {
    let mut v: Vec<(usize, f64)> = x.iter().copied().enumerate().collect();
    v.sort_by(|a, b| a.1.partial_cmp(&b.1).unwrap());
    v.iter().enumerate().map(|(i, p)| (i + 1) as f64 * p.1 * p.1 * (p.0 + 1) as f64).sum()
}

#[linkgrad::reverse(d_rows, Duplicated, Active)]
fn rows(x: &[f64]) -> f64 {
    let mut v: Vec<Vec<f64>> = x.chunks(2).map(|c| c.to_vec()).collect();
    v.sort_by(|a, b| a[0].partial_cmp(&b[0]).unwrap());
    v.iter().enumerate().map(|(i, row)| (i + 1) as f64 * row.iter().map(|q| q * q).sum::<f64>()).sum()
}

#[linkgrad::reverse(d_tuple_keys, Duplicated, Active)]
fn tuple_keys(x: &[f64]) -> f64 {
    let mut groups: HashMap<(i32, i32), Vec<f64>> = HashMap::new();
    for (i, value) in x.iter().enumerate() {
        groups.entry((i as i32 % 2, i as i32 % 3)).or_insert_with(Vec::new).push(*value);
    }
    let mut s = 0.0;
    for i in 0..2 {
        for j in 0..3 {
            if let Some(group) = groups.get(&(i, j)) {
                s += (i + 2 * j + 1) as f64 * group.iter().map(|a| a * a * a).sum::<f64>();
            }
        }
    }
    s
}

pub fn run() {
    let x = numbers(9, 7);
    reverse("pairs", pairs, d_pairs, &x);
    reverse("rows", rows, d_rows, &x);
    reverse("tuple keys", tuple_keys, d_tuple_keys, &x);
}
