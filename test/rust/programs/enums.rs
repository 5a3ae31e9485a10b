//! Enums that carry data, trait objects, trees of boxes.
use crate::check::*;

#[derive(Clone, Copy)]
enum Shape {
    Circle { radius: f64 },
    Rectangle(f64, f64),
    Counted(usize),
    Nothing,
}

fn area(shape: &Shape) -> f64 {
    match shape {
        Shape::Circle { radius } => radius * radius * std::f64::consts::PI,
        Shape::Rectangle(a, b) => a * b,
        Shape::Counted(n) => *n as f64,
        Shape::Nothing => 0.0,
    }
}

#[linkgrad::reverse(d_area, Duplicated, Active)]
#[linkgrad::forward(t_area, Dual, Dual)]
fn one_area(shape: &Shape) -> f64 {
    area(shape)
}

#[linkgrad::reverse(d_areas, Duplicated, Active)]
fn areas(shapes: &[Shape]) -> f64 {
    shapes.iter().map(area).sum()
}

#[linkgrad::reverse(d_local, Active, Const, Active)]
fn local(x: f64, kind: u8) -> f64 {
    let shape = match kind {
        0 => Shape::Circle { radius: x },
        1 => Shape::Rectangle(x, x + 1.0),
        2 => Shape::Counted(3),
        _ => Shape::Nothing,
    };
    area(&shape) * x
}

trait Force {
    fn at(&self, x: f64) -> f64;
}
struct Linear(f64);
struct Gravity {
    mass: f64,
    soft: f64,
}
impl Force for Linear {
    fn at(&self, x: f64) -> f64 {
        -self.0 * x
    }
}
impl Force for Gravity {
    fn at(&self, x: f64) -> f64 {
        -self.mass / (x * x + self.soft)
    }
}

#[linkgrad::reverse(d_forces, Const, Active, Active)]
fn forces(all: &[Box<dyn Force>], x: f64) -> f64 {
    all.iter().map(|f| f.at(x)).sum()
}

#[linkgrad::reverse(d_made, Duplicated, Active)]
fn made(x: &[f64]) -> f64 {
    let all: Vec<Box<dyn Force>> =
        vec![Box::new(Linear(x[0])), Box::new(Gravity { mass: x[1], soft: x[2] }), Box::new(Linear(x[1] * x[2]))];
    all.iter().map(|f| f.at(x[3])).sum()
}

#[linkgrad::reverse(d_options, Duplicated, Active)]
fn options(x: &[Option<f64>]) -> f64 {
    x.iter().flatten().map(|v| v * v).sum()
}

#[linkgrad::reverse(d_maybe, Active, Active)]
fn maybe(x: Option<f64>) -> f64 {
    x.map_or(1.0, |v| v * v)
}

/// A value that comes back in registers: an integer or a number, beside the tag.
#[derive(Clone, Copy)]
enum Value {
    Integer(i64),
    Real(f64),
}

enum Expression {
    Constant(Value),
    Input(usize),
    Sum(Box<Expression>, Box<Expression>),
    Product(Box<Expression>, Box<Expression>),
}

impl Value {
    fn real(self) -> f64 {
        match self {
            Value::Integer(i) => i as f64,
            Value::Real(v) => v,
        }
    }
}

fn evaluate(e: &Expression, x: &[f64]) -> Value {
    match e {
        Expression::Constant(value) => *value,
        Expression::Input(i) => Value::Real(x[*i]),
        Expression::Sum(a, b) => match (evaluate(a, x), evaluate(b, x)) {
            (Value::Integer(p), Value::Integer(q)) => Value::Integer(p + q),
            (p, q) => Value::Real(p.real() + q.real()),
        },
        Expression::Product(a, b) => match (evaluate(a, x), evaluate(b, x)) {
            (Value::Integer(p), Value::Integer(q)) => Value::Integer(p * q),
            (p, q) => Value::Real(p.real() * q.real()),
        },
    }
}

#[linkgrad::reverse(d_interpreted, Duplicated, Active)]
fn interpreted(x: &[f64]) -> f64 {
    let integer = |i| Box::new(Expression::Constant(Value::Integer(i)));
    let input = |i| Box::new(Expression::Input(i));
    let five = Box::new(Expression::Sum(integer(2), integer(3)));
    let product = Box::new(Expression::Product(Box::new(Expression::Product(five, input(0))), input(1)));
    let square = Box::new(Expression::Constant(Value::Real(x[1] * x[1])));
    let sum = Expression::Sum(Box::new(Expression::Product(product, square)), input(0));
    evaluate(&sum, x).real()
}

pub fn run() {
    reverse("interpreted", interpreted, d_interpreted, &numbers(2, 3));
    let mut d = Shape::Circle { radius: 0.0 };
    exact("circle", d_area(&Shape::Circle { radius: 2.0 }, &mut d, 1.0), 4.0 * std::f64::consts::PI);
    holds("circle", matches!(d, Shape::Circle { radius } if (radius - 4.0 * std::f64::consts::PI).abs() < 1e-12));
    let tangent = t_area(&Shape::Rectangle(2.0, 3.0), &Shape::Rectangle(1.0, 10.0)).1;
    exact("rectangle", tangent, 23.0);
    let shapes = [Shape::Rectangle(2.0, 3.0), Shape::Counted(4), Shape::Circle { radius: 1.0 }, Shape::Nothing];
    let mut ds = [Shape::Rectangle(0.0, 0.0), Shape::Counted(4), Shape::Circle { radius: 0.0 }, Shape::Nothing];
    exact("areas", d_areas(&shapes, &mut ds, 1.0), 10.0 + std::f64::consts::PI);
    holds("areas, rectangle", matches!(ds[0], Shape::Rectangle(a, b) if a == 3.0 && b == 2.0));
    holds("areas, count", matches!(ds[1], Shape::Counted(4)));
    for kind in 0..4 {
        near("local", d_local(1.5, kind, 1.0).1, slope(|x| local(x, kind), 1.5), 1e-8);
    }

    let x = numbers(7, 8);
    reverse("made", made, d_made, &x);

    let all: Vec<Box<dyn Force>> = vec![Box::new(Linear(2.0)), Box::new(Gravity { mass: 3.0, soft: 1.0 })];
    near("forces", d_forces(&all, 0.7, 1.0).1, slope(|x| forces(&all, x), 0.7), 1e-8);

    let mut dx = [Some(0.0), None, Some(0.0)];
    exact("options", d_options(&[Some(2.0), None, Some(3.0)], &mut dx, 1.0), 13.0);
    holds("options", dx == [Some(4.0), None, Some(6.0)]);
    exact("maybe", d_maybe(Some(3.0), 1.0).0, 9.0);
}
