//! What the programs share: numbers are compared, and a summary is printed.

use std::cell::Cell;

thread_local! {
    static FAILED: Cell<u32> = const { Cell::new(0) };
    static CHECKED: Cell<u32> = const { Cell::new(0) };
}

/// Compares with a number that is known.
#[track_caller]
pub fn near(what: &str, got: f64, want: f64, tolerance: f64) {
    CHECKED.set(CHECKED.get() + 1);
    let scale = 1.0_f64.max(want.abs());
    if !((got - want).abs() <= tolerance * scale) {
        FAILED.set(FAILED.get() + 1);
        println!("{}: {what}: got {got}, want {want}", std::panic::Location::caller());
    }
}

/// The numbers are the same but for the last bits.
#[track_caller]
pub fn exact(what: &str, got: f64, want: f64) {
    near(what, got, want, 1e-12);
}

#[track_caller]
pub fn holds(what: &str, truth: bool) {
    near(what, f64::from(u8::from(truth)), 1.0, 0.0);
}

/// The derivative of `f` at `x` by central differences of fourth order.
pub fn slope(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = 1e-3 * 1.0_f64.max(x.abs());
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

/// `derivative`, which is of the form `Duplicated, Active`, gives the value of `f` at `x` and its gradient.
#[track_caller]
pub fn reverse(what: &str, f: fn(&[f64]) -> f64, derivative: fn(&[f64], &mut [f64], f64) -> f64, x: &[f64]) {
    let mut dx = vec![0.0; x.len()];
    exact(what, derivative(x, &mut dx, 1.0), f(x));
    gradient(what, f, x, &dx);
}

/// `derivative` as in `reverse`; `tangent`, which is of the form `Dual, DualOnly`, gives the same derivatives.
#[track_caller]
pub fn both(
    what: &str,
    f: fn(&[f64]) -> f64,
    derivative: fn(&[f64], &mut [f64], f64) -> f64,
    tangent: fn(&[f64], &[f64]) -> f64,
    x: &[f64],
) {
    reverse(what, f, derivative, x);
    let along: Vec<f64> = (0..x.len())
        .map(|i| tangent(x, &std::array::from_fn::<f64, 32, _>(|k| f64::from(u8::from(k == i)))[..x.len()]))
        .collect();
    gradient(&format!("{what}, forward"), f, x, &along);
}

/// The gradient of `f` at `x` is `gradient`.
#[track_caller]
pub fn gradient(what: &str, f: impl Fn(&[f64]) -> f64, x: &[f64], gradient: &[f64]) {
    for i in 0..x.len() {
        let along = |value: f64| {
            let mut moved = x.to_vec();
            moved[i] = value;
            f(&moved)
        };
        near(&format!("{what}, component {i}"), gradient[i], slope(along, x[i]), 1e-7);
    }
}

/// Numbers that look random, in (-1, 1).
pub fn numbers(count: usize, seed: u64) -> Vec<f64> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 52) as f64 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

/// How many comparisons have failed so far, and how many there were.
pub fn counts() -> (u32, u32) {
    (FAILED.get(), CHECKED.get())
}
