//! What numerical programs do: integrate, solve, iterate, learn.
use crate::check::*;
use std::collections::HashMap;

#[derive(Clone, Copy)]
struct Vec3 {
    x: f64,
    y: f64,
    z: f64,
}

impl std::ops::Add for Vec3 {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        Vec3 { x: self.x + o.x, y: self.y + o.y, z: self.z + o.z }
    }
}
impl std::ops::Sub for Vec3 {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        Vec3 { x: self.x - o.x, y: self.y - o.y, z: self.z - o.z }
    }
}
impl std::ops::Mul<f64> for Vec3 {
    type Output = Self;
    fn mul(self, k: f64) -> Self {
        Vec3 { x: self.x * k, y: self.y * k, z: self.z * k }
    }
}
impl Vec3 {
    fn dot(self, o: Self) -> f64 {
        self.x * o.x + self.y * o.y + self.z * o.z
    }
}

#[derive(Clone, Copy)]
struct Body {
    position: Vec3,
    velocity: Vec3,
    mass: f64,
}

fn bodies(x: &[f64]) -> Vec<Body> {
    x.chunks_exact(7)
        .map(|c| Body {
            position: Vec3 { x: c[0], y: c[1], z: c[2] } * 3.0,
            velocity: Vec3 { x: c[3], y: c[4], z: c[5] },
            mass: 1.0 + 0.5 * c[6],
        })
        .collect()
}

#[linkgrad::reverse(d_nbody, Duplicated, Active)]
fn nbody(x: &[f64]) -> f64 {
    let mut all = bodies(x);
    for _ in 0..5 {
        for i in 0..all.len() {
            for j in (i + 1)..all.len() {
                let d = all[i].position - all[j].position;
                let distance = (d.dot(d) + 0.1).powf(1.5);
                let (mi, mj) = (all[i].mass, all[j].mass);
                let (a, b) = all.split_at_mut(j);
                a[i].velocity = a[i].velocity - d * (0.01 * mj / distance);
                b[0].velocity = b[0].velocity + d * (0.01 * mi / distance);
            }
        }
        for body in &mut all {
            body.position = body.position + body.velocity * 0.01;
        }
    }
    all.iter().map(|b| 0.5 * b.mass * b.velocity.dot(b.velocity)).sum()
}

fn rk4<const N: usize>(f: impl Fn(f64, &[f64; N]) -> [f64; N], mut y: [f64; N], steps: usize, h: f64) -> [f64; N] {
    let axpy = |y: &[f64; N], a: f64, k: &[f64; N]| std::array::from_fn(|i| y[i] + a * k[i]);
    for s in 0..steps {
        let t = s as f64 * h;
        let k1 = f(t, &y);
        let k2 = f(t + 0.5 * h, &axpy(&y, 0.5 * h, &k1));
        let k3 = f(t + 0.5 * h, &axpy(&y, 0.5 * h, &k2));
        let k4 = f(t + h, &axpy(&y, h, &k3));
        for i in 0..N {
            y[i] += h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]);
        }
    }
    y
}

#[linkgrad::reverse(d_lotka, Duplicated, Active)]
fn lotka(p: &[f64]) -> f64 {
    let (a, b, c, d) = (1.0 + 0.1 * p[0], 0.5 + 0.1 * p[1], 0.5, 1.0 + 0.1 * p[2]);
    let end = rk4(|_, y| [a * y[0] - b * y[0] * y[1], c * y[0] * y[1] - d * y[1]], [1.0 + p[3] * 0.1, 1.0], 50, 0.05);
    end[0] * end[0] + end[1]
}

struct Matrix<const R: usize, const C: usize>([[f64; C]; R]);

impl<const R: usize, const K: usize, const C: usize> std::ops::Mul<&Matrix<K, C>> for &Matrix<R, K> {
    type Output = Matrix<R, C>;
    fn mul(self, o: &Matrix<K, C>) -> Matrix<R, C> {
        let mut out = [[0.0; C]; R];
        for (row, line) in out.iter_mut().zip(&self.0) {
            for (j, cell) in row.iter_mut().enumerate() {
                *cell = (0..K).map(|k| line[k] * o.0[k][j]).sum();
            }
        }
        Matrix(out)
    }
}

impl<const R: usize, const C: usize> std::ops::Index<(usize, usize)> for Matrix<R, C> {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        &self.0[i][j]
    }
}

#[linkgrad::reverse(d_matrices, Duplicated, Active)]
fn matrices(x: &[f64]) -> f64 {
    let a = Matrix::<2, 3>(std::array::from_fn(|i| std::array::from_fn(|j| x[3 * i + j])));
    let b = Matrix::<3, 2>(std::array::from_fn(|i| std::array::from_fn(|j| x[2 * i + j])));
    let c = &(&a * &b) * &(&a * &b);
    c[(0, 0)] * c[(1, 1)] - c[(0, 1)] * c[(1, 0)] + c[(0, 1)]
}

struct Dense {
    rows: usize,
    cols: usize,
    data: Vec<f64>,
}

impl Dense {
    fn from_fn(rows: usize, cols: usize, f: impl Fn(usize, usize) -> f64) -> Self {
        let data = (0..rows * cols).map(|k| f(k / cols, k % cols)).collect();
        Dense { rows, cols, data }
    }
    fn solve(mut self, mut b: Vec<f64>) -> Result<Vec<f64>, String> {
        let n = self.rows;
        for k in 0..n {
            let pivot = (k..n).max_by(|i, j| self[(*i, k)].abs().partial_cmp(&self[(*j, k)].abs()).unwrap()).unwrap();
            if self[(pivot, k)].abs() < 1e-12 {
                return Err(format!("singular in column {k}"));
            }
            if pivot != k {
                for j in 0..n {
                    self.data.swap(k * n + j, pivot * n + j);
                }
                b.swap(k, pivot);
            }
            for i in k + 1..n {
                let factor = self[(i, k)] / self[(k, k)];
                for j in k..n {
                    let above = self[(k, j)];
                    self[(i, j)] -= factor * above;
                }
                b[i] -= factor * b[k];
            }
        }
        for i in (0..n).rev() {
            let known: f64 = (i + 1..n).map(|j| self[(i, j)] * b[j]).sum();
            b[i] = (b[i] - known) / self[(i, i)];
        }
        Ok(b)
    }
}
impl std::ops::Index<(usize, usize)> for Dense {
    type Output = f64;
    fn index(&self, (i, j): (usize, usize)) -> &f64 {
        assert!(j < self.cols, "column {j} of {}", self.cols);
        &self.data[i * self.cols + j]
    }
}
impl std::ops::IndexMut<(usize, usize)> for Dense {
    fn index_mut(&mut self, (i, j): (usize, usize)) -> &mut f64 {
        &mut self.data[i * self.cols + j]
    }
}

#[linkgrad::reverse(d_solve, Duplicated, Active)]
fn solve(x: &[f64]) -> f64 {
    let a = Dense::from_fn(4, 4, |i, j| x[(i * 4 + j) % x.len()] + if i == j { 0.3 } else { 0.0 });
    match a.solve(x[..4].to_vec()) {
        Ok(y) => y.iter().map(|v| v * v).sum(),
        Err(message) => panic!("{message}"),
    }
}

#[linkgrad::reverse(d_newton, Active, Active)]
fn newton(a: f64) -> f64 {
    let mut x = a;
    for _ in 0..100 {
        let step = (x * x * x - a) / (3.0 * x * x);
        x -= step;
        if step.abs() < 1e-14 {
            break;
        }
    }
    x
}

#[linkgrad::reverse(d_statistics, Duplicated, Active)]
fn statistics(x: &[f64]) -> f64 {
    let n = x.len() as f64;
    let mean = x.iter().sum::<f64>() / n;
    let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let skew = x.iter().map(|v| ((v - mean) / variance.sqrt()).powi(3)).sum::<f64>() / n;
    let median = x[x.len() / 2];
    let log_likelihood: f64 = x.iter().map(|v| -0.5 * (v - median).powi(2) / variance - 0.5 * variance.ln()).sum();
    log_likelihood + skew.exp()
}

#[linkgrad::reverse(d_lookup, Duplicated, Const, Active)]
fn lookup(x: &[f64], names: &HashMap<&str, usize>) -> f64 {
    let get = |name: &str| x[*names.get(name).expect("a name")];
    get("mass") * get("speed").powi(2) / 2.0 + get("spring")
}

#[linkgrad::reverse(d_descend, Duplicated, Active)]
fn descend(x: &[f64]) -> f64 {
    let mut p = [x[0], x[1]];
    let mut history: Vec<[f64; 2]> = Vec::with_capacity(4);
    for step in 0..20 {
        let g = [2.0 * (p[0] - x[2]), 8.0 * (p[1] - x[3] * p[0])];
        p[0] -= 0.05 * g[0];
        p[1] -= 0.05 * g[1];
        if step % 4 == 0 {
            history.push(p);
        }
    }
    history.iter().map(|p| p[0] * p[1]).sum()
}

pub fn run() {
    let check = |name: &str, n: usize, f: fn(&[f64]) -> f64, d: fn(&[f64], &mut [f64], f64) -> f64| {
        let x = numbers(n, 9);
        let mut dx = vec![0.0; n];
        near(name, d(&x, &mut dx, 1.0), f(&x), 1e-10);
        gradient(name, f, &x, &dx);
    };
    check("n-body", 21, nbody, d_nbody);
    check("Lotka-Volterra", 4, lotka, d_lotka);
    check("matrices", 6, matrices, d_matrices);
    check("linear system", 7, solve, d_solve);
    check("statistics", 9, statistics, d_statistics);
    check("gradient descent", 4, descend, d_descend);
    near("Newton", d_newton(5.0, 1.0).1, 5.0_f64.powf(-2.0 / 3.0) / 3.0, 1e-12);
    let names = HashMap::from([("mass", 0), ("speed", 1), ("spring", 2)]);
    let mut dx = [0.0; 3];
    exact("lookup", d_lookup(&[2.0, 3.0, 4.0], &mut dx, &names, 1.0), 13.0);
    exact("lookup", dx[1], 6.0);
}
