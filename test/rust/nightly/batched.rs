//! Several directions at once, and second derivatives.
use crate::check::*;
use std::autodiff::*;

#[autodiff_forward(t_wave, 3, Dual, Dual, Dual)]
#[autodiff_forward(t_wave_only, 3, Dual, Dual, DualOnly)]
fn wave(x: f64, y: f64) -> f64 {
    x.sin() * y + y * y
}

#[autodiff_forward(t_norm, 2, Dual, Dual)]
#[autodiff_forward(t_norm_only, 2, Dual, DualOnly)]
fn norm(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>().sqrt()
}

#[autodiff_forward(t_strided, 2, Dualv, DualOnly)]
fn strided(x: &[f64]) -> f64 {
    x.iter().map(|v| v * v * v).sum()
}

#[autodiff_forward(t_array, 4, Dual, DualOnly)]
fn array(x: &[f32; 4]) -> f32 {
    x[0] * x[1] + x[2] * x[3]
}

#[autodiff_forward(t_scaled, 2, Dual, Dual)]
fn scaled(x: &[f64], y: &mut [f64]) {
    for (y, x) in y.iter_mut().zip(x) {
        *y = x.exp() * 2.0;
    }
}

#[autodiff_reverse(d_cube, Active, ActiveOnly)]
fn cube(x: f64) -> f64 {
    x * x * x * x.ln()
}

#[autodiff_forward(h_cube, Dual, DualOnly)]
fn slope_of_cube(x: f64) -> f64 {
    d_cube(x, 1.0)
}

#[autodiff_reverse(d_energy, Duplicated, Active)]
fn energy(x: &[f64]) -> f64 {
    x.windows(2).map(|w| (w[0] * w[1]).sin() + w[0].powi(3)).sum()
}

#[autodiff_forward(hessian_times, Dual, Dual)]
fn gradient_of_energy(x: &[f64], dx: &mut [f64]) {
    d_energy(x, dx, 1.0);
}

#[autodiff_forward(t_poly, Dual, DualOnly)]
fn poly(x: f64) -> f64 {
    x.powi(5)
}

#[autodiff_forward(tt_poly, Dual, DualOnly)]
fn first(x: f64) -> f64 {
    t_poly(x, 1.0)
}

#[autodiff_reverse(d_third, Active, Active)]
fn second(x: f64) -> f64 {
    tt_poly(x, 1.0)
}

pub fn run() {
    let (x, y) = (0.4_f64, 1.5_f64);
    let want = |dx: f64, dy: f64| x.cos() * y * dx + (x.sin() + 2.0 * y) * dy;
    let all = t_wave(x, 1.0, 0.0, 2.0, y, 0.0, 1.0, -1.0);
    exact("primal first", all[0], wave(x, y));
    let only = t_wave_only(x, 1.0, 0.0, 2.0, y, 0.0, 1.0, -1.0);
    for (lane, (dx, dy)) in [(1.0, 0.0), (0.0, 1.0), (2.0, -1.0)].into_iter().enumerate() {
        exact("lane with primal", all[lane + 1], want(dx, dy));
        exact("lane", only[lane], want(dx, dy));
    }

    let all = t_norm(&[3.0, 4.0], &[1.0, 0.0], &[0.0, 1.0]);
    exact("norm", all[0], 5.0);
    exact("norm", all[1], 0.6);
    exact("norm", all[2], 0.8);
    exact("norm", t_norm_only(&[3.0, 4.0], &[1.0, 0.0], &[0.0, 1.0])[1], 0.8);

    let both = t_strided(&[1.0, 2.0], &[1.0, 0.0, 0.0, 1.0]);
    exact("strided", both[0], 3.0);
    exact("strided", both[1], 12.0);

    let unit = |i: usize| std::array::from_fn(|j| if i == j { 1.0 } else { 0.0 });
    let all = t_array(&[1.0, 2.0, 3.0, 4.0], &unit(0), &unit(1), &unit(2), &unit(3));
    exact("array", all[1].into(), 1.0);
    exact("array", all[3].into(), 3.0);

    let (mut y, mut dy, mut ey) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    t_scaled(&[0.0, 1.0], &[1.0, 0.0], &[0.0, 3.0], &mut y, &mut dy, &mut ey);
    exact("scaled", dy[0], 2.0);
    exact("scaled", ey[1], 6.0 * 1.0_f64.exp());

    near("second derivative", h_cube(1.3, 1.0), slope(|x| d_cube(x, 1.0), 1.3), 1e-9);

    let (x, v) = (numbers(6, 3), numbers(6, 4));
    let (mut dx, mut hv) = (vec![0.0; 6], vec![0.0; 6]);
    hessian_times(&x, &v, &mut dx, &mut hv);
    for i in 0..6 {
        let along = |t: f64| {
            let moved: Vec<f64> = x.iter().zip(&v).map(|(x, v)| x + t * v).collect();
            let mut dx = vec![0.0; 6];
            d_energy(&moved, &mut dx, 1.0);
            dx[i]
        };
        exact("gradient", dx[i], along(0.0));
        near("hessian times vector", hv[i], slope(along, 0.0), 1e-8);
    }

    let (value, third) = d_third(1.5, 1.0);
    exact("second", value, 20.0 * 1.5_f64.powi(3));
    exact("third", third, 60.0 * 1.5_f64.powi(2));
}
