//! kurbo: arc lengths of curves, nearest points, areas, paths and their transformations.
use crate::check::*;
use kurbo::{
    Affine, Arc, BezPath, CubicBez, Line, ParamCurve, ParamCurveArclen, ParamCurveArea, ParamCurveCurvature,
    ParamCurveDeriv, ParamCurveExtrema, ParamCurveNearest, PathEl, Point, QuadBez, Shape, Vec2,
};

fn cubic(x: &[f64]) -> CubicBez {
    CubicBez::new((x[0], x[1]), (x[2], x[3] + 1.0), (x[4] + 1.0, x[5] + 1.0), (x[6] + 2.0, x[7]))
}

fn quadratic(x: &[f64]) -> QuadBez {
    QuadBez::new((x[0], x[1]), (x[2] + 1.0, x[3] + 1.0), (x[4] + 2.0, x[5]))
}

#[linkgrad::reverse(d_length, Duplicated, Active)]
#[linkgrad::forward(t_length, Dual, DualOnly)]
fn length(x: &[f64]) -> f64 {
    cubic(x).arclen(1e-9) + quadratic(x).arclen(1e-9) + Line::new((x[0], 1.0), (2.0, x[1])).arclen(1e-9)
}

#[linkgrad::reverse(d_nearest, Duplicated, Active)]
#[linkgrad::forward(t_nearest, Dual, DualOnly)]
fn nearest(x: &[f64]) -> f64 {
    let (t, distance) = quadratic(x).nearest(Point::new(x[6] + 0.3, x[7] + 2.0), 1e-9);
    t + distance
}

/// The nearest point of a cubic is one of quadratics, whose number steps with the curve.
#[linkgrad::reverse(d_cubic_nearest, Duplicated, Active)]
#[linkgrad::forward(t_cubic_nearest, Dual, DualOnly)]
fn cubic_nearest(x: &[f64]) -> f64 {
    cubic(x).nearest(Point::new(0.3, 2.0), 1e-6).1
}

#[linkgrad::reverse(d_along, Duplicated, Active)]
#[linkgrad::forward(t_along, Dual, DualOnly)]
fn along(x: &[f64]) -> f64 {
    let curve = quadratic(x);
    let t = curve.inv_arclen(0.4 * curve.arclen(1e-9), 1e-9);
    let (left, right) = curve.raise().subdivide();
    let bend = curve.raise().curvature(0.3) + left.deriv().eval(0.7).to_vec2().hypot();
    t + bend + right.subsegment(0.2..0.6).signed_area()
}

fn extremes(x: &[f64]) -> f64 {
    let curve = cubic(x);
    let ts: f64 = curve.extrema().iter().map(|&t| curve.eval(t).y).sum();
    let bounds = ParamCurveExtrema::bounding_box(&curve);
    ts + bounds.area() + bounds.center().to_vec2().dot(Vec2::new(1.0, 2.0))
}

/// A path of lines and curves, moved, and measured.
#[linkgrad::reverse(d_path, Duplicated, Active)]
#[linkgrad::forward(t_path, Dual, DualOnly)]
fn path(x: &[f64]) -> f64 {
    let mut path = BezPath::new();
    path.move_to((x[0], x[1]));
    path.line_to((x[2] + 2.0, x[3]));
    path.quad_to((x[4] + 3.0, x[5] + 1.0), (2.0, 2.0));
    path.curve_to((x[6] + 1.0, 3.0), (0.5, x[7] + 2.0), (0.0, 1.0));
    path.close_path();
    let turned = Affine::rotate(x[0]) * Affine::scale_non_uniform(1.0 + x[1], 2.0) * Affine::translate((x[2], x[3]));
    path.apply_affine(turned);
    path.area() + path.perimeter(1e-9) + path.segments().map(|s| s.eval(0.3).x).sum::<f64>()
}

#[linkgrad::reverse(d_flat, Duplicated, Active)]
#[linkgrad::forward(t_flat, Dual, DualOnly)]
fn flat(x: &[f64]) -> f64 {
    let arc = Arc {
        center: Point::new(x[0], x[1]),
        radii: Vec2::new(1.0 + x[2] * x[2], 2.0),
        start_angle: x[3],
        sweep_angle: 2.0 + x[4],
        x_rotation: x[5],
    };
    let mut points = Vec::new();
    arc.append_iter(1e-3).collect::<BezPath>().flatten(1e-2, |element| match element {
        PathEl::MoveTo(p) | PathEl::LineTo(p) => points.push(p),
        _ => {}
    });
    points.windows(2).map(|w| (w[1] - w[0]).hypot()).sum::<f64>() + points.last().map_or(0.0, |p| p.x * x[6] + p.y)
}

pub fn run() {
    let x = [0.1, -0.2, 0.3, 0.15, -0.25, 0.4, 0.05, -0.1];
    both("length", length, d_length, t_length, &x);
    both("nearest", nearest, d_nearest, t_nearest, &x);
    both("along", along, d_along, t_along, &x);
    both("path", path, d_path, t_path, &x);
    both("flat", flat, d_flat, t_flat, &x);
    both("cubic_nearest", cubic_nearest, d_cubic_nearest, t_cubic_nearest, &x);
}
