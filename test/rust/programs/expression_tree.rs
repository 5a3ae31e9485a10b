//! A tree whose nodes hold a number, an index or boxes at the same place.
use crate::check::*;

enum Expression {
    Number(f64),
    Variable(usize),
    Sum(Box<Expression>, Box<Expression>),
    Product(Box<Expression>, Box<Expression>),
    Sine(Box<Expression>),
}

use Expression::*;

fn evaluate(e: &Expression, x: &[f64]) -> f64 {
    match e {
        Number(v) => *v,
        Variable(i) => x[*i],
        Sum(a, b) => evaluate(a, x) + evaluate(b, x),
        Product(a, b) => evaluate(a, x) * evaluate(b, x),
        Sine(a) => evaluate(a, x).sin(),
    }
}

#[linkgrad::reverse(d_expression, Const, Duplicated, Active)]
fn expression(e: &Expression, x: &[f64]) -> f64 {
    evaluate(e, x)
}

#[linkgrad::reverse(d_built, Duplicated, Active)]
fn built(x: &[f64]) -> f64 {
    let mut e = Number(1.0);
    for (i, v) in x.iter().enumerate() {
        e = if i % 2 == 0 {
            Sum(Box::new(e), Box::new(Number(v * v)))
        } else {
            Product(Box::new(Sine(Box::new(e))), Box::new(Variable(i)))
        };
    }
    evaluate(&e, x)
}

pub fn run() {
    let e = Product(
        Box::new(Sum(Box::new(Variable(0)), Box::new(Number(2.0)))),
        Box::new(Sine(Box::new(Product(Box::new(Variable(1)), Box::new(Variable(0)))))),
    );
    let x = numbers(7, 8);
    let mut dx = vec![0.0; 7];
    exact("expression", d_expression(&e, &x, &mut dx, 1.0), evaluate(&e, &x));
    gradient("expression", |x| evaluate(&e, x), &x, &dx);
    let mut dx = vec![0.0; 7];
    exact("built", d_built(&x, &mut dx, 1.0), built(&x));
    gradient("built", built, &x, &dx);
}
