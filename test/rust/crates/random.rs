//! rand: random numbers are constants, whatever draws them.
use crate::check::*;
use rand::distributions::{Distribution, Standard, Uniform};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{thread_rng, Rng, SeedableRng};

/// The price of an option, by Monte Carlo with the same paths each time.
#[linkgrad::reverse(d_price, Duplicated, Active)]
#[linkgrad::forward(t_price, Dual, DualOnly)]
fn price(x: &[f64]) -> f64 {
    let mut random = StdRng::seed_from_u64(7);
    let (start, drift, volatility) = (1.0 + x[0], x[1], 0.3 + x[2]);
    let mut sum = 0.0;
    for _ in 0..40 {
        let mut value = start;
        for _ in 0..5 {
            let (u, v): (f64, f64) = (random.gen_range(1e-9..1.0), random.gen());
            let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
            value *= ((drift - 0.5 * volatility * volatility) * 0.2 + volatility * 0.2_f64.sqrt() * normal).exp();
        }
        sum += (value - 1.0).max(0.0);
    }
    sum / 40.0
}

/// Steps of stochastic descent, in an order that is drawn.
#[linkgrad::reverse(d_descent, Duplicated, Active)]
#[linkgrad::forward(t_descent, Dual, DualOnly)]
fn descent(x: &[f64]) -> f64 {
    let mut random = StdRng::seed_from_u64(11);
    let mut order: Vec<usize> = (0..x.len()).collect();
    let mut w = 0.1;
    for _ in 0..4 {
        order.shuffle(&mut random);
        for &i in &order {
            w -= 0.1 * (w * x[i] - 1.0) * x[i];
        }
        if random.gen_bool(0.5) {
            w *= 0.9;
        }
    }
    w
}

/// Numbers of every kind, distributions, and a choice.
#[linkgrad::reverse(d_drawn, Duplicated, Active)]
#[linkgrad::forward(t_drawn, Dual, DualOnly)]
fn drawn(x: &[f64]) -> f64 {
    let mut random = StdRng::seed_from_u64(3);
    let between = Uniform::new(-1.0, 1.0);
    let weights: Vec<f64> = between.sample_iter(&mut random).take(x.len()).collect();
    let noise: f32 = Standard.sample(&mut random);
    let chosen = *x.choose(&mut random).unwrap();
    let index = random.gen_range(0..x.len());
    let dot: f64 = x.iter().zip(&weights).map(|(a, b)| a * b).sum();
    (dot + chosen * x[index]).sin() + f64::from(noise) * x[0]
}

/// The generator of the thread, whose state outlives the derivative.
#[linkgrad::reverse(d_dropped, Duplicated, Active)]
fn dropped(x: &[f64]) -> f64 {
    let mut random = thread_rng();
    let scale = random.gen_range(1.0..2.0);
    x.iter().map(|v| v * scale).sum::<f64>() / scale
}

pub fn run() {
    let x = [0.1, 0.05, -0.08, 0.7];
    both("price", price, d_price, t_price, &x);
    both("descent", descent, d_descent, t_descent, &x);
    both("drawn", drawn, d_drawn, t_drawn, &x);
    let mut dx = [0.0; 4];
    d_dropped(&x, &mut dx, 1.0);
    dx.iter().for_each(|&d| exact("dropped", d, 1.0));
}
