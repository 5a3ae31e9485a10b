//! Gradient descent with momentum on Rosenbrock's function of any dimension, and a
//! Newton step in one dimension with a second derivative.

#[linkgrad::reverse(d_rosenbrock, Duplicated, Active)]
fn rosenbrock(x: &[f64]) -> f64 {
    x.windows(2).map(|w| (1.0 - w[0]).powi(2) + 100.0 * (w[1] - w[0] * w[0]).powi(2)).sum()
}

#[linkgrad::forward(t_curve, Dual, DualOnly)]
fn curve(x: f64) -> f64 {
    x.exp() - 3.0 * x
}

/// The derivative is a function like any other, and has a derivative.
#[linkgrad::forward(t_slope, Dual, Dual)]
fn slope(x: f64) -> f64 {
    t_curve(x, 1.0)
}

fn main() {
    let mut x = vec![-1.2, 1.0, -0.5, 0.8];
    let mut velocity = vec![0.0; x.len()];
    let mut value = rosenbrock(&x);
    for _ in 0..20_000 {
        let mut gradient = vec![0.0; x.len()];
        value = d_rosenbrock(&x, &mut gradient, 1.0);
        for ((x, v), g) in x.iter_mut().zip(&mut velocity).zip(&gradient) {
            *v = 0.9 * *v - 2e-4 * g;
            *x += *v;
        }
    }
    println!("minimum {value:.1e} at {x:.4?}");

    let mut x = 0.0;
    for _ in 0..20 {
        let (first, second) = t_slope(x, 1.0);
        x -= first / second;
    }
    println!("exp(x) - 3 x is smallest at {x:.6}; ln 3 is {:.6}", 3.0_f64.ln());
}
