// The gradient of a Rust function that calls C, compared with finite differences.
// (The crate linkgrad has an attribute for the call below.)
use std::ffi::c_void;

#[link(name = "decay", kind = "static", modifiers = "-bundle")]
extern "C" {
    fn decay(amount: f64, rate: f64, time: f64) -> f64;
}

extern "C" {
    fn __enzyme_autodiff(function: *const c_void, ...);
    static enzyme_dup: i32;
    static enzyme_const: i32;
}

const TIMES: [f64; 3] = [0.5, 1.0, 2.0];
const MEASURED: [f64; 3] = [1.5, 1.1, 0.7];

/// How badly a decay with parameters (amount, rate) fits the measurements.
extern "C" fn misfit(parameters: *const f64, weight: f64) -> f64 {
    let parameters = unsafe { std::slice::from_raw_parts(parameters, 2) };
    let left = |&time: &f64| unsafe { decay(parameters[0], parameters[1], time) };
    weight * TIMES.iter().map(left).zip(MEASURED).map(|(x, y)| (x - y).powi(2)).sum::<f64>()
}

fn main() {
    let parameters = [2.0, 0.7];
    let mut gradient = [0.0; 2];
    unsafe {
        let function = misfit as *const c_void;
        let out = gradient.as_mut_ptr();
        __enzyme_autodiff(function, enzyme_dup, parameters.as_ptr(), out, enzyme_const, 1.0f64);
    }
    for i in 0..2 {
        let at = |h: f64| {
            let mut moved = parameters;
            moved[i] += h;
            misfit(moved.as_ptr(), 1.0)
        };
        let difference = (at(1e-6) - at(-1e-6)) / 2e-6;
        println!("{:9.6}  {:9.6}", gradient[i], difference);
        assert!((gradient[i] - difference).abs() < 1e-8);
    }
}
