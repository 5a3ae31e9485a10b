//! Generic functions, traits, methods, const generics, closures inside, dynamic dispatch.
use crate::check::*;
use std::autodiff::*;
use std::ops::{Add, Mul};

#[autodiff_reverse(d_square, Duplicated, Active)]
fn square<T: Mul<Output = T> + Copy>(x: &T) -> T {
    *x * *x
}

#[autodiff_reverse(d_sum, Duplicated, Active)]
fn sum<const N: usize>(x: &[f64; N]) -> f64 {
    x.iter().enumerate().map(|(i, v)| v.powi(i as i32)).sum()
}

#[autodiff_forward(t_horner, Dual, Const, Dual)]
fn horner<T>(x: T, coefficients: &[T]) -> T
where
    T: Copy + Add<Output = T> + Mul<Output = T> + Default,
{
    coefficients.iter().fold(T::default(), |sum, c| sum * x + *c)
}

trait Shape {
    fn area(&self) -> f64;
    fn cost(&self, price: f64) -> f64 {
        self.area() * price
    }
}

struct Circle(f64);
struct Rectangle(f64, f64);

impl Shape for Circle {
    fn area(&self) -> f64 {
        3.0 * self.0 * self.0
    }
}

impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.0 * self.1
    }
}

impl Rectangle {
    #[autodiff_reverse(d_diagonal, Duplicated, Active)]
    fn diagonal(&self) -> f64 {
        self.0.hypot(self.1)
    }
}

#[autodiff_reverse(d_total, Const, Active, Active)]
fn total(shapes: &Vec<Box<dyn Shape>>, price: f64) -> f64 {
    shapes.iter().map(|s| s.cost(price * price)).sum()
}

#[autodiff_reverse(d_areas, Duplicated, Active)]
fn areas(sizes: &[f64]) -> f64 {
    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Circle(sizes[0])), Box::new(Rectangle(sizes[1], sizes[2]))];
    shapes.iter().map(|s| s.cost(2.0)).sum()
}

struct Layer {
    weight: f64,
}

trait Differentiable {
    fn value(&self, x: f64) -> f64;
    fn slope(&self, x: f64, seed: f64) -> (f64, f64);
}

impl Differentiable for Layer {
    #[autodiff_reverse(slope, Const, Active, Active)]
    fn value(&self, x: f64) -> f64 {
        (self.weight * x).tanh()
    }
}

#[autodiff_reverse(d_closures, Active, Active)]
fn closures(x: f64) -> f64 {
    let scale = |v: f64| v * x;
    let twice = |f: &dyn Fn(f64) -> f64, v| f(f(v));
    twice(&scale, 3.0) + scale(x.sin())
}

pub fn run() {
    let mut dx = 0.0;
    exact("generic", d_square(&3.0_f64, &mut dx, 1.0), 9.0);
    exact("generic", dx, 6.0);
    let mut dx = 0.0_f32;
    exact("generic f32", d_square(&3.0_f32, &mut dx, 1.0).into(), 9.0);
    exact("generic f32", dx.into(), 6.0);

    let x = [0.5, 1.5, -2.0];
    let mut dx = [0.0; 3];
    exact("const generic", d_sum(&x, &mut dx, 1.0), sum(&x));
    gradient("const generic", |x| sum::<3>(x.try_into().unwrap()), &x, &dx);

    let (value, tangent) = t_horner(2.0, 1.0, &[1.0, 2.0, 3.0]);
    exact("horner", value, 11.0);
    exact("horner", tangent, 6.0);

    let shape = Rectangle(3.0, 4.0);
    let mut shadow = Rectangle(0.0, 0.0);
    exact("method", shape.d_diagonal(&mut shadow, 1.0), 5.0);
    exact("method", shadow.0, 0.6);
    exact("method", shadow.1, 0.8);

    let shapes: Vec<Box<dyn Shape>> = vec![Box::new(Circle(1.0)), Box::new(shape)];
    let (value, slope_of_total) = d_total(&shapes, 2.0, 1.0);
    exact("dyn", value, 60.0);
    exact("dyn", slope_of_total, 60.0);
    reverse("areas", areas, d_areas, &[1.0, 2.0, 3.0]);

    let (value, dx) = Layer { weight: 0.5 }.slope(0.6, 1.0);
    exact("trait method", value, 0.3_f64.tanh());
    exact("trait method", dx, 0.5 / 0.3_f64.cosh().powi(2));

    let (_, dx) = d_closures(0.7, 1.0);
    near("closures", dx, slope(closures, 0.7), 1e-9);
}
