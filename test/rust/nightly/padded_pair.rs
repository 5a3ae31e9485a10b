//! A pair by value with a gap between its elements.
use crate::check::*;
use std::autodiff::*;

#[autodiff_forward(t_counted, Dual, Dual)]
fn counted(p: (u32, f64)) -> f64 {
    (0..p.0).map(|_| p.1).product()
}

pub fn run() {
    exact("counted", t_counted((3, 2.0), (0, 1.0)).1, 12.0);
}
