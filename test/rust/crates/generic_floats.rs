//! num-traits: code that is generic over `Float`, `Num` and its kin.
use crate::check::*;
use num_traits::{Bounded, Float, FloatConst, FromPrimitive, Num, NumCast, One, Pow, Signed, Zero};

fn horner<T: Num + Copy>(coefficients: &[T], x: T) -> T {
    coefficients.iter().rev().fold(T::zero(), |sum, &c| sum * x + c)
}

fn logsumexp<T: Float>(x: &[T]) -> T {
    let largest = x.iter().copied().fold(T::neg_infinity(), T::max);
    largest + x.iter().map(|&v| (v - largest).exp()).fold(T::zero(), |a, b| a + b).ln()
}

/// Simpson's rule.
fn integral<T: Float + FromPrimitive>(f: impl Fn(T) -> T, from: T, to: T, steps: usize) -> T {
    let h = (to - from) / T::from_usize(steps).unwrap();
    let weight = |i| if i == 0 || i == steps { T::one() } else { T::from_i32(2 + 2 * (i as i32 % 2)).unwrap() };
    let mut sum = T::zero();
    for i in 0..=steps {
        sum = sum + weight(i) * f(from + h * <T as NumCast>::from(i).unwrap());
    }
    sum * h / T::from_f64(3.0).unwrap()
}

fn normal<T: Float + FloatConst>(x: T, mean: T, deviation: T) -> T {
    let two = T::one() + T::one();
    (-((x - mean) / deviation).powi(2) / two).exp() / (deviation * (two * T::PI()).sqrt())
}

fn smallest<T: Float + Bounded>(x: &[T]) -> T {
    x.iter().fold(<T as Bounded>::max_value(), |a, &b| a.min(b))
}

fn distance<T: Signed + Copy>(a: &[T], b: &[T]) -> T {
    a.iter().zip(b).fold(T::zero(), |sum, (&x, &y)| sum + (x - y).abs() * (x - y).signum().abs())
}

fn everything<T: Float>(x: T, y: T) -> T {
    let (sine, cosine) = x.sin_cos();
    let tangents = x.tan() + y.atan() + x.atan2(y) + x.tanh();
    let arcs = (x * y).sin().asin() + (x * y).cos().acos() + x.asinh() + (y + T::one()).acosh() + (x - x.trunc()).atanh();
    let powers = x.powf(y) + x.powi(-3) + x.cbrt() + x.hypot(y) + x.recip() + y.sqrt();
    let exponentials = x.exp2() + y.exp_m1() + x.ln_1p() + y.log2() + x.log10() + y.log(x + T::one() + T::one());
    let rests = x.mul_add(y, x) + x.fract() + (x % y) + x.abs_sub(y) + x.copysign(-y) + x.floor() + y.round();
    sine * cosine + tangents + arcs + powers * exponentials + rests + x.sinh() / y.cosh()
}

#[linkgrad::reverse(d_all, Duplicated, Active)]
#[linkgrad::forward(t_all, Dual, DualOnly)]
fn all(x: &[f64]) -> f64 {
    let area = integral(|t| horner(x, t).sin(), x[0], x[1] + 2.0, 12);
    let terms = logsumexp(x) + smallest(x) * area + normal(x[2], x[3], 1.5) + distance(&x[..3], &x[3..6]);
    let power: f64 = Pow::pow(x[4] + 3.0, x[5]);
    terms + power + everything(x[1] + 1.7, x[2] + 1.75) + f64::one() * f64::zero()
}

#[linkgrad::reverse(d_single, Duplicated, Active)]
fn single(x: &[f32]) -> f32 {
    logsumexp(x) * horner(x, 0.5) + everything(x[0] + 1.9, x[1] + 1.75) + normal(x[2], x[0], 0.5)
}

/// The attribute on a generic function: one derivative for each number type.
#[linkgrad::reverse(d_smooth, Duplicated, Active)]
#[linkgrad::forward(t_smooth, Dual, DualOnly)]
fn smooth<T: Float>(x: &[T]) -> T {
    logsumexp(x) * horner(x, x[0]) + normal_of(x)
}

fn normal_of<T: Float>(x: &[T]) -> T {
    x.windows(2).map(|w| (w[0] - w[1]).powi(2).exp().recip()).fold(T::zero(), |a, b| a + b)
}

/// A number type of the program that is a `Num`.
#[derive(Clone, Copy, PartialEq)]
struct Pair(f64, f64);
macro_rules! operator {
    ($name:ident, $method:ident, $a:ident, $b:ident, $result:expr) => {
        impl std::ops::$name for Pair {
            type Output = Pair;
            fn $method(self, other: Pair) -> Pair {
                let ($a, $b) = (self, other);
                $result
            }
        }
    };
}
operator!(Add, add, a, b, Pair(a.0 + b.0, a.1 + b.1));
operator!(Sub, sub, a, b, Pair(a.0 - b.0, a.1 - b.1));
operator!(Mul, mul, a, b, Pair(a.0 * b.0, a.0 * b.1 + a.1 * b.0));
operator!(Div, div, a, b, Pair(a.0 / b.0, (a.1 * b.0 - a.0 * b.1) / (b.0 * b.0)));
operator!(Rem, rem, a, b, Pair(a.0 % b.0, a.1 % b.1));
impl Zero for Pair {
    fn zero() -> Self {
        Pair(0.0, 0.0)
    }
    fn is_zero(&self) -> bool {
        *self == Self::zero()
    }
}
impl One for Pair {
    fn one() -> Self {
        Pair(1.0, 0.0)
    }
}
impl Num for Pair {
    type FromStrRadixErr = std::num::ParseFloatError;
    fn from_str_radix(text: &str, _: u32) -> Result<Self, Self::FromStrRadixErr> {
        Ok(Pair(text.parse()?, 0.0))
    }
}

/// The derivative of a derivative by numbers with a tangent.
#[linkgrad::reverse(d_tangent, Duplicated, Active)]
#[linkgrad::forward(t_tangent, Dual, DualOnly)]
fn tangent(x: &[f64]) -> f64 {
    let coefficients: Vec<Pair> = x.iter().map(|&c| Pair(c, 0.0)).collect();
    let at = Pair(x[0] + 0.5, 1.0);
    (horner(&coefficients, at) / num_traits::pow(at, 3)).1
}

pub fn run() {
    let x = [0.3, -0.45, 0.8, 1.4, -0.7, 0.25];
    both("Float", all, d_all, t_all, &x);
    both("generic", smooth::<f64>, d_smooth::<f64>, t_smooth::<f64>, &x);
    both("Num", tangent, d_tangent, t_tangent, &x);

    let narrow = x.map(|v| v as f32);
    for (name, derivative, wide) in [
        ("f32", d_single as fn(&[f32], &mut [f32], f32) -> f32, single_wide as fn(&[f64]) -> f64),
        ("generic f32", d_smooth::<f32>, smooth::<f64>),
    ] {
        let mut dx = [0.0f32; 6];
        derivative(&narrow, &mut dx, 1.0);
        for i in 0..6 {
            let along = |v| wide(&std::array::from_fn::<_, 6, _>(|k| if k == i { v } else { x[k] }));
            near(name, dx[i].into(), slope(along, x[i]), 1e-4);
        }
    }
}

fn single_wide(x: &[f64]) -> f64 {
    logsumexp(x) * horner(x, 0.5) + everything(x[0] + 1.9, x[1] + 1.75) + normal(x[2], x[0], 0.5)
}
