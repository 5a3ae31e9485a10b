//! arrayvec, by way of kurbo: an array and its length in one struct.
use crate::check::*;
use kurbo::{CubicBez, ParamCurve, ParamCurveExtrema};

#[linkgrad::reverse(d_extremes, Duplicated, Active)]
#[linkgrad::forward(t_extremes, Dual, DualOnly)]
fn extremes(x: &[f64]) -> f64 {
    let curve = CubicBez::new((x[0], x[1]), (x[2], x[3] + 1.0), (x[4] + 1.0, x[5] + 1.0), (x[6] + 2.0, x[7]));
    let bounds = ParamCurveExtrema::bounding_box(&curve);
    curve.extrema().iter().map(|&t| curve.eval(t).y).sum::<f64>() + bounds.area() + bounds.center().x
}

pub fn run() {
    both("extremes", extremes, d_extremes, t_extremes, &[0.1, -0.2, 0.3, 0.15, -0.25, 0.4, 0.05, -0.1]);
}
