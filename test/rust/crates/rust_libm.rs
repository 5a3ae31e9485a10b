//! libm: a mathematical library written in Rust, full of tricks with the bits of numbers.
use crate::check::*;

macro_rules! functions {
    (f64: $($name:literal: $function:expr, $($at:literal),+;)*) => {
        functions! { f64, 1e-8: $($name: $function, $function, $($at),+;)* }
    };
    ($type:ty, $tolerance:literal: $($name:literal: $function:expr, $wide:expr, $($at:literal),+;)*) => {$({
        #[linkgrad::reverse(derivative, Active, Active)]
        #[linkgrad::forward(tangent, Dual, Dual)]
        fn function(x: $type) -> $type {
            $function(x)
        }
        for at in [$($at),+] {
            let truth = slope_near($wide, f64::from(at));
            let (value, gradient) = derivative(at, 1.0);
            near($name, f64::from(value), f64::from(function(at)), 0.0);
            near(concat!($name, ", reverse"), f64::from(gradient), truth, $tolerance);
            let (_, gradient) = tangent(at, 1.0);
            near(concat!($name, ", forward"), f64::from(gradient), truth, $tolerance);
        }
    })*};
}

/// Central differences of sixth order.
fn slope_near(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    let h = x.abs().min(4.0) / 256.0;
    let difference = |k: f64| (f(x + k * h) - f(x - k * h)) / (2.0 * k * h);
    1.5 * difference(1.0) - 0.6 * difference(2.0) + 0.1 * difference(3.0)
}

pub fn run() {
    functions! { f64:
        "acos": libm::acos, 0.3, 0.8, -0.7;
        "acosh": libm::acosh, 1.7, 3.5;
        "asin": libm::asin, 0.3, 0.8, -0.7;
        "asinh": libm::asinh, 0.7, -3.2;
        "atan": libm::atan, 0.2, 0.6, 1.3, -3.0;
        "atan2": |x| libm::atan2(x, 0.7), 1.4, -0.3;
        "atan2, second": |x| libm::atan2(0.7, x), 1.4, -0.3;
        "atanh": libm::atanh, 0.4, -0.6;
        "cbrt": libm::cbrt, 2.7, -0.3;
        "ceil": libm::ceil, 1.4, -7.6;
        "copysign": |x| libm::copysign(x, -1.0), 1.4, -0.3;
        "cos": libm::cos, 0.4, 2.5, -40.0;
        "cosh": libm::cosh, 0.3, 1.8;
        "erf": libm::erf, 0.4, 1.1, 1.9, -3.2;
        "erfc": libm::erfc, 0.4, 1.1, 1.9, -3.2;
        "exp": libm::exp, 1.4, -0.2;
        "exp10": libm::exp10, 0.3, -1.4;
        "exp2": libm::exp2, 1.3, -0.4;
        "expm1": libm::expm1, 0.2, 1.7, -2.5;
        "fabs": libm::fabs, 1.4, -0.3;
        "fdim": |x| libm::fdim(x, 1.0), 1.6, -0.3;
        "floor": libm::floor, 1.4, -7.6;
        "fma": |x| libm::fma(x, x + 1.0, x), 1.4, -0.3;
        "fmax": |x| libm::fmax(x, 1.0), 1.6, -0.3;
        "fmin": |x| libm::fmin(x, 1.0), 1.6, -0.3;
        "fmod": |x| libm::fmod(x, 1.5), 2.6, -0.7;
        "fmod, second": |x| libm::fmod(7.0, x), 1.5, -2.1;
        "frexp": |x| libm::frexp(x).0, 2.7, -0.7;
        "hypot": |x| libm::hypot(x, 0.7), 1.4, -0.3;
        "j0": libm::j0, 1.4, 4.3;
        "j1": libm::j1, 1.4, 4.3;
        "jn": |x| libm::jn(3, x), 1.4, 4.3;
        "ldexp": |x| libm::ldexp(x, 3), 1.4, -0.3;
        "lgamma": libm::lgamma, 0.7, 2.6, 5.5;
        "lgamma_r": |x| libm::lgamma_r(x).0, 0.7, 2.6, 5.5;
        "log": libm::log, 0.3, 1.1, 7.0;
        "log10": libm::log10, 0.3, 1.1, 7.0;
        "log1p": libm::log1p, 0.1, 2.6, -0.4;
        "log2": libm::log2, 0.3, 1.1, 7.0;
        "modf": |x| libm::modf(x).0, 1.4, -7.6;
        "modf, whole": |x| libm::modf(x).1, 1.4, -7.6;
        "pow": |x| libm::pow(x, 1.7), 0.4, 1.4, 3.2;
        "pow, second": |x| libm::pow(1.7, x), 1.4, -0.3;
        "remainder": |x| libm::remainder(x, 1.5), 2.6, -0.7;
        "remquo": |x| libm::remquo(x, 1.5).0, 2.6, -0.7;
        "round": libm::round, 1.4, -7.6;
        "scalbn": |x| libm::scalbn(x, -2), 1.4, -0.3;
        "sin": libm::sin, 0.4, 2.5, -40.0;
        "sincos": |x| { let (s, c) = libm::sincos(x); s * c }, 0.4, 2.5;
        "sinh": libm::sinh, 0.3, 1.8;
        "sqrt": libm::sqrt, 0.3, 2.7;
        "tan": libm::tan, 0.4, 1.1, -2.9;
        "tanh": libm::tanh, 0.1, 0.4, -1.8;
        "tgamma": libm::tgamma, 0.7, 2.6, 5.5;
        "trunc": libm::trunc, 1.4, -7.6;
        "y0": libm::y0, 1.4, 4.3;
        "y1": libm::y1, 1.4, 4.3;
        "yn": |x| libm::yn(2, x), 1.4, 4.3;
    }
    functions! { f32, 1e-5:
        "acosf": libm::acosf, libm::acos, 0.3, -0.7;
        "acoshf": libm::acoshf, libm::acosh, 1.9, 3.5;
        "asinf": libm::asinf, libm::asin, 0.3, -0.7;
        "asinhf": libm::asinhf, libm::asinh, 0.7, -3.2;
        "atanf": libm::atanf, libm::atan, 0.3, 1.3, -3.0;
        "atan2f": |x| libm::atan2f(x, 0.7), |x| libm::atan2(x, 0.7), 1.4, -0.3;
        "atanhf": libm::atanhf, libm::atanh, 0.4, -0.5;
        "cbrtf": libm::cbrtf, libm::cbrt, 2.7, -1.3;
        "ceilf": libm::ceilf, libm::ceil, 1.5, -7.5;
        "cosf": libm::cosf, libm::cos, 0.4, 2.5;
        "coshf": libm::coshf, libm::cosh, 0.3, 1.8;
        "erff": libm::erff, libm::erf, 0.4, -1.2;
        "expf": libm::expf, libm::exp, 1.4, -0.2;
        "exp2f": libm::exp2f, libm::exp2, 1.3, -0.4;
        "expm1f": libm::expm1f, libm::expm1, 0.2, 1.7;
        "floorf": libm::floorf, libm::floor, 1.5, -7.5;
        "fmodf": |x| libm::fmodf(x, 15.0), |x| libm::fmod(x, 15.0), 18.0, -7.0;
        "hypotf": |x| libm::hypotf(x, 0.7), |x| libm::hypot(x, 0.7), 1.4, -0.3;
        "j0f": libm::j0f, libm::j0, 1.4;
        "lgammaf": libm::lgammaf, libm::lgamma, 3.6;
        "logf": libm::logf, libm::log, 1.1, 7.0;
        "log10f": libm::log10f, libm::log10, 1.1, 7.0;
        "log1pf": libm::log1pf, libm::log1p, 2.6;
        "log2f": libm::log2f, libm::log2, 1.1, 7.0;
        "powf": |x| libm::powf(x, 1.7), |x| libm::pow(x, 1.7), 1.4, 3.2;
        "roundf": libm::roundf, libm::round, 4.1, -8.0;
        "sinf": libm::sinf, libm::sin, 0.4, 2.5;
        "sinhf": libm::sinhf, libm::sinh, 0.3, 1.8;
        "sqrtf": libm::sqrtf, libm::sqrt, 0.9, 2.7;
        "tanf": libm::tanf, libm::tan, 0.4;
        "tanhf": libm::tanhf, libm::tanh, 0.1, -1.8;
        "tgammaf": libm::tgammaf, libm::tgamma, 2.6;
        "truncf": libm::truncf, libm::trunc, 1.5, -7.5;
    }
}
