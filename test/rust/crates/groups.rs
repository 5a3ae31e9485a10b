//! itertools: groups, whose buffers hold numbers, lengths and pointers.
use crate::check::*;
use itertools::Itertools;

#[linkgrad::reverse(d_groups, Duplicated, Active)]
#[linkgrad::forward(t_groups, Dual, DualOnly)]
fn groups(x: &[f64]) -> f64 {
    let chunks: f64 = x.iter().chunks(3).into_iter().map(|chunk| chunk.sum::<f64>().cos()).sum();
    let runs = x.iter().group_by(|v| **v > 0.0);
    let sums = runs.into_iter().map(|(up, run)| {
        let sum: f64 = run.sum();
        if up { sum.sqrt() } else { sum * sum }
    });
    chunks + sums.sum::<f64>()
}

pub fn run() {
    both("groups", groups, d_groups, t_groups, &[0.5, -0.2, 0.3, 0.15, -0.25, 0.4, 0.05, -0.1]);
}
