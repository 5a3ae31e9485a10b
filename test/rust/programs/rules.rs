//! What the user says about functions: inactive ones, rules of one's own, derivatives of derivatives.
use crate::check::*;

#[linkgrad::inactive]
fn noise(x: f64, log: &mut Vec<String>) -> f64 {
    log.push(format!("{x}"));
    x * x
}

struct Meter {
    count: f64,
}

impl Meter {
    #[linkgrad::inactive]
    fn tick(&mut self, by: f64) -> f64 {
        self.count += by;
        self.count
    }
}

#[linkgrad::reverse(d_noisy, Active, Active)]
fn noisy(x: f64) -> f64 {
    let mut log = Vec::new();
    let mut meter = Meter { count: 1.0 };
    let factor = noise(x, &mut log) * meter.tick(x);
    let block = linkgrad::inactive_call(|| x.sin() + log.len() as f64);
    x * factor + x * block
}

/// Its slope is not what one would think.
#[inline(never)]
extern "C" fn cube(x: f64) -> f64 {
    x * x * x
}
extern "C" fn cube_augmented(x: f64) -> f64 {
    cube(x)
}
extern "C" fn cube_reverse(_x: f64, seed: f64) -> f64 {
    100.0 * seed
}
linkgrad::register_gradient!(cube, cube_augmented, cube_reverse);

#[inline(never)]
extern "C" fn fourth(x: f64) -> f64 {
    x.powi(4)
}
extern "C" fn fourth_tangent(_x: f64, dx: f64) -> f64 {
    1000.0 * dx
}
linkgrad::register_derivative!(fourth, fourth_tangent);

#[linkgrad::forward(t_with_rule, Dual, DualOnly)]
fn with_tangent_rule(x: f64) -> f64 {
    2.0 * fourth(x)
}

#[linkgrad::reverse(d_with_rule, Active, Active)]
fn with_rule(x: f64) -> f64 {
    2.0 * cube(x)
}

#[inline(never)]
extern "C" fn counted(x: f64) -> f64 {
    x.floor() + x
}
linkgrad::register_inactive!(counted);

#[linkgrad::reverse(d_constant, Active, Active)]
fn constant(x: f64) -> f64 {
    x + counted(x)
}

#[linkgrad::reverse(d_first, Active, ActiveOnly)]
#[linkgrad::forward(t_first, Dual, DualOnly)]
fn first(x: f64) -> f64 {
    x.powi(4) * x.sin()
}

#[linkgrad::forward(t_reverse, Dual, DualOnly)]
fn reverse_of(x: f64) -> f64 {
    d_first(x, 1.0)
}

#[linkgrad::forward(t_forward, Dual, DualOnly)]
fn forward_of(x: f64) -> f64 {
    t_first(x, 1.0)
}

pub fn run() {
    let x = 1.5_f64;
    let (value, dx) = d_noisy(x, 1.0);
    exact("inactive, value", value, noisy(x));
    exact("inactive, gradient", dx, x * x * (1.0 + x) + x.sin() + 1.0);
    exact("a gradient of one's own", d_with_rule(x, 1.0).1, 200.0);
    exact("a tangent of one's own", t_with_rule(x, 1.0), 2000.0);
    exact("registered as inactive", d_constant(x, 1.0).1, 1.0);
    let second = 12.0 * x * x * x.sin() + 8.0 * x.powi(3) * x.cos() - x.powi(4) * x.sin();
    exact("forward over reverse", t_reverse(x, 1.0), second);
    exact("forward over forward", t_forward(x, 1.0), second);
}
