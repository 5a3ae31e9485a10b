//! num-complex: arithmetic, functions, polynomials, a Fourier transform.
use crate::check::*;
use num_complex::{Complex, Complex64};

/// Every operation and function of a complex number there is a smooth derivative of.
fn chain<const F: usize>(z: Complex64, w: Complex64) -> Complex64 {
    match F {
        0 => z * w + z / w - w * 2.0 + 1.5 - z.inv(),
        1 => z.exp() * w.ln() + z.sqrt(),
        2 => z.sin() + w.cos() * z.tan(),
        3 => z.sinh() - w.cosh() / z.tanh(),
        4 => z.asin() + w.acos() + z.atan(),
        5 => z.asinh() + w.acosh() + (z * 0.3).atanh(),
        6 => z.powf(1.7) + w.powc(z) + z.expf(2.0) + w.log(3.0),
        7 => z.powi(3) + w.powi(-2) + z.powu(5) + z.cbrt(),
        8 => Complex::from_polar(z.norm(), w.arg()) + z.conj() * z.norm_sqr(),
        9 => {
            let (r, theta) = z.to_polar();
            let mut sum = Complex::new(r, theta).unscale(2.0);
            sum += w;
            sum *= z;
            sum /= w;
            sum -= z.scale(0.5);
            -sum + z.fdiv(w) + w.finv()
        }
        _ => unreachable!(),
    }
}

#[linkgrad::reverse(d_chains, Const, Duplicated, Active)]
#[linkgrad::forward(t_chains, Const, Dual, DualOnly)]
fn chains(which: usize, x: &[f64]) -> f64 {
    let (z, w) = (Complex::new(x[0], x[1]), Complex::new(x[2], x[3]));
    let value = match which {
        0 => chain::<0>(z, w),
        1 => chain::<1>(z, w),
        2 => chain::<2>(z, w),
        3 => chain::<3>(z, w),
        4 => chain::<4>(z, w),
        5 => chain::<5>(z, w),
        6 => chain::<6>(z, w),
        7 => chain::<7>(z, w),
        8 => chain::<8>(z, w),
        _ => chain::<9>(z, w),
    };
    value.re * 1.5 - value.im
}

fn transform(x: &mut [Complex64]) {
    let n = x.len();
    if n == 1 {
        return;
    }
    let mut even: Vec<Complex64> = x.iter().step_by(2).copied().collect();
    let mut odd: Vec<Complex64> = x.iter().skip(1).step_by(2).copied().collect();
    transform(&mut even);
    transform(&mut odd);
    for k in 0..n / 2 {
        let turn = Complex::from_polar(1.0, -std::f64::consts::TAU * k as f64 / n as f64) * odd[k];
        x[k] = even[k] + turn;
        x[k + n / 2] = even[k] - turn;
    }
}

#[linkgrad::reverse(d_spectrum, Duplicated, Active)]
#[linkgrad::forward(t_spectrum, Dual, DualOnly)]
fn spectrum(x: &[f64]) -> f64 {
    let mut signal: Vec<_> = x.iter().map(|&v| Complex::from(v)).collect();
    transform(&mut signal);
    signal.iter().enumerate().map(|(k, v)| v.norm_sqr() / (1.0 + k as f64) + v.re.sin()).sum()
}

/// A root of a polynomial with these coefficients, by Newton's method.
#[linkgrad::reverse(d_root, Duplicated, Active)]
#[linkgrad::forward(t_root, Dual, DualOnly)]
fn root(x: &[f64]) -> f64 {
    let coefficients: Vec<Complex64> = x.chunks_exact(2).map(|c| Complex::new(c[0], c[1])).collect();
    let mut z = Complex::new(0.4, 0.9);
    for _ in 0..30 {
        let (mut value, mut slope) = (Complex64::default(), Complex64::default());
        for &c in coefficients.iter().rev() {
            slope = slope * z + value;
            value = value * z + c;
        }
        z -= value / slope;
    }
    z.re + 2.0 * z.im
}

/// Sums and products of iterators, single precision.
#[linkgrad::reverse(d_product, Duplicated, Active)]
fn product(z: &[Complex<f32>]) -> f32 {
    let product: Complex<f32> = z.iter().product();
    let sum: Complex<f32> = z.iter().sum();
    (product * sum).norm()
}

pub fn run() {
    let x = [0.7, 0.4, 1.3, -0.6];
    for which in 0..10 {
        let name = format!("chain {which}");
        let mut dx = [0.0; 4];
        exact(&name, d_chains(which, &x, &mut dx, 1.0), chains(which, &x));
        gradient(&name, |x| chains(which, x), &x, &dx);
        exact(&name, t_chains(which, &x, &[1.0, 2.0, -1.0, 0.5]), dx[0] + 2.0 * dx[1] - dx[2] + 0.5 * dx[3]);
    }
    both("spectrum", spectrum, d_spectrum, t_spectrum, &numbers(16, 3));
    let mut coefficients = numbers(8, 5);
    coefficients[6] += 2.0;
    both("root", root, d_root, t_root, &coefficients);

    let z = [Complex::new(0.5, 1.0), Complex::new(-1.5, 0.25), Complex::new(1.0, -0.5)];
    let mut dz = [Complex::new(0.0, 0.0); 3];
    d_product(&z, &mut dz, 1.0);
    for i in 0..3 {
        let along = |re: f32, im: f32| {
            let mut moved = z;
            moved[i] += Complex::new(re, im);
            f64::from(product(&moved))
        };
        let h = 0.0625;
        near("product", f64::from(dz[i].re), (along(h, 0.0) - along(-h, 0.0)) / f64::from(2.0 * h), 1e-2);
        near("product", f64::from(dz[i].im), (along(0.0, h) - along(0.0, -h)) / f64::from(2.0 * h), 1e-2);
    }
}
