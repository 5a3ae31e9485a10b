//! Panics leave a derivative the way they leave the function; logging is inactive.
use crate::check::*;
use std::panic::catch_unwind;

#[linkgrad::reverse(d_pick, Duplicated, Const, Active)]
fn pick(x: &[f64], at: usize) -> f64 {
    x[at] * x[at]
}

#[linkgrad::reverse(d_guarded, Active, Active)]
fn guarded(x: f64) -> f64 {
    assert!(x > 0.0, "a logarithm of {x}");
    let held = vec![x; 3];
    if x > 100.0 {
        panic!("too large: {}", held[2]);
    }
    held.iter().sum::<f64>().ln()
}

#[linkgrad::reverse(d_logged, Duplicated, Active)]
fn logged(x: &[f64]) -> f64 {
    let mut sum = 0.0;
    for (i, v) in x.iter().enumerate() {
        sum += v * v;
        if sum.is_nan() {
            eprintln!("not a number at {i}: {v}, {sum:?} {:>8.3e}", x[0]);
        }
    }
    let text = format!("{sum:.3} of {:?}", x);
    sum * text.len().min(1) as f64
}

#[linkgrad::reverse(d_checked, Active, Active)]
fn checked(x: f64) -> f64 {
    let root = root_of(x).expect("positive");
    match root_of(x - 1.0) {
        Some(r) => root * r,
        None => root,
    }
}

fn root_of(x: f64) -> Option<f64> {
    (x >= 0.0).then(|| x.sqrt())
}

#[linkgrad::reverse(d_fallible, Active, Active)]
fn fallible(x: f64) -> f64 {
    match try_all(x) {
        Ok(v) => v,
        Err(message) => message.len() as f64 * x,
    }
}

fn try_all(x: f64) -> Result<f64, String> {
    let a = inverse(x)?;
    let b = inverse(x - 2.0)?;
    Ok(a * b)
}

fn inverse(x: f64) -> Result<f64, String> {
    if x == 0.0 {
        return Err(format!("no inverse of {x}"));
    }
    Ok(1.0 / x)
}

pub fn run() {
    let x = [1.0, 2.0, 3.0];
    let mut dx = [0.0; 3];
    exact("in bounds", d_pick(&x, &mut dx, 2, 1.0), 9.0);
    exact("in bounds", dx[2], 6.0);
    let quiet = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    holds("out of bounds", catch_unwind(|| d_pick(&[1.0, 2.0], &mut [0.0; 2], 5, 1.0)).is_err());
    let negative = catch_unwind(|| d_guarded(-1.0, 1.0)).unwrap_err().downcast::<String>().unwrap();
    holds("the message", *negative == "a logarithm of -1");
    let large = catch_unwind(|| d_guarded(101.0, 1.0)).unwrap_err().downcast::<String>().unwrap();
    holds("the message", *large == "too large: 101");
    std::panic::set_hook(quiet);
    exact("after panics", d_guarded(2.0, 1.0).1, 0.5);
    d_logged(&x, &mut dx, 1.0);
    exact("logged", dx[1], 4.0);
    exact("Option, Some", d_checked(5.0, 1.0).1, (0.5 / 5.0_f64.sqrt()) * 2.0 + 5.0_f64.sqrt() * 0.25);
    exact("Option, None", d_checked(0.25, 1.0).1, 1.0);
    exact("Result, Ok", d_fallible(4.0, 1.0).1, -1.0 / 32.0 - 1.0 / 16.0);
    exact("Result, Err", d_fallible(2.0, 1.0).1, 15.0);
}
