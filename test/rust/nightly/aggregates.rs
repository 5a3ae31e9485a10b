//! Arrays and structs, by reference and by value; boxes; tuples that are returned.
use crate::check::*;
use std::autodiff::*;

#[derive(Clone, Default)]
struct Model {
    weights: [f64; 3],
    bias: f64,
    steps: u32,
    rate: f32,
}

#[autodiff_reverse(d_apply, Duplicated, Duplicated, Active)]
fn apply(model: &Model, x: &[f64; 3]) -> f64 {
    let mut result = 0.0;
    for _ in 0..model.steps {
        let sum: f64 = model.weights.iter().zip(x).map(|(w, x)| w * x).sum();
        result += (sum + model.bias + result).tanh() * f64::from(model.rate);
    }
    result
}

#[autodiff_reverse(d_array, Duplicated, Active)]
fn array(x: &[f64; 4]) -> f64 {
    x[0] * x[1] + x[2].exp() * x[3]
}

#[autodiff_reverse(d_boxed, Duplicated, Active)]
fn boxed(x: &Box<[f64; 2]>) -> f64 {
    x[0] * x[0] * x[1]
}

#[derive(Clone, Copy)]
struct Length(f64);

#[autodiff_reverse(d_newtype, Duplicated, Active)]
fn newtype(x: &Length) -> f64 {
    x.0 * x.0
}

#[autodiff_forward(t_update, Dual)]
#[autodiff_reverse(d_update, Duplicated)]
fn update(x: &mut f64) {
    *x = x.sin() * *x;
}

#[derive(Clone)]
struct Tree {
    value: f64,
    children: Vec<Tree>,
}

impl Tree {
    fn total(&self) -> f64 {
        self.value * self.value + self.children.iter().map(|c| self.value * c.total()).sum::<f64>()
    }
}

#[autodiff_reverse(d_tree, Duplicated, Active)]
fn tree(x: &Tree) -> f64 {
    x.total()
}

fn leaf(value: f64) -> Tree {
    Tree { value, children: vec![] }
}

fn sample(x: &[f64]) -> Tree {
    let inner = Tree { value: x[1], children: vec![leaf(x[2]), leaf(x[3])] };
    Tree { value: x[0], children: vec![inner, leaf(x[4])] }
}

pub fn run() {
    let model = Model { weights: [0.5, -0.3, 0.8], bias: 0.1, steps: 3, rate: 0.7 };
    let x = [1.0, 2.0, -0.5];
    let (mut shadow, mut dx) = (Model::default(), [0.0; 3]);
    exact("model", d_apply(&model, &mut shadow, &x, &mut dx, 1.0), apply(&model, &x));
    gradient("x of the model", |x| apply(&model, x.try_into().unwrap()), &x, &dx);
    let with = |w: &[f64]| apply(&Model { weights: w.try_into().unwrap(), ..model.clone() }, &x);
    gradient("weights", with, &model.weights, &shadow.weights);
    near("bias", shadow.bias, slope(|bias| apply(&Model { bias, ..model.clone() }, &x), 0.1), 1e-8);
    let along = |rate: f64| apply(&Model { rate: rate as f32, ..model.clone() }, &x);
    near("rate", shadow.rate.into(), (along(0.75) - along(0.65)) / 0.1, 2e-3);

    let x = [1.0, 2.0, 0.5, -3.0];
    let mut dx = [0.0; 4];
    d_array(&x, &mut dx, 1.0);
    gradient("array", |x| array(x.try_into().unwrap()), &x, &dx);

    let mut dx = Box::new([0.0; 2]);
    exact("boxed", d_boxed(&Box::new([3.0, 2.0]), &mut dx, 1.0), 18.0);
    exact("boxed", dx[0], 12.0);
    exact("boxed", dx[1], 9.0);

    let mut dx = Length(0.0);
    exact("newtype", d_newtype(&Length(3.0), &mut dx, 1.0), 9.0);
    exact("newtype", dx.0, 6.0);

    let (mut x, mut dx) = (0.4, 2.0);
    t_update(&mut x, &mut dx);
    exact("updated", x, 0.4_f64.sin() * 0.4);
    exact("tangent of update", dx, 2.0 * (0.4_f64.cos() * 0.4 + 0.4_f64.sin()));
    let (mut x, mut dx) = (0.4, 2.0);
    d_update(&mut x, &mut dx);
    exact("gradient of update", dx, 2.0 * (0.4_f64.cos() * 0.4 + 0.4_f64.sin()));

    let x = [1.5, -0.5, 2.0, 0.25, 3.0];
    let mut shadow = sample(&[0.0; 5]);
    exact("tree", d_tree(&sample(&x), &mut shadow, 1.0), sample(&x).total());
    let inner = &shadow.children[0];
    let dx = [shadow.value, inner.value, inner.children[0].value, inner.children[1].value, shadow.children[1].value];
    gradient("tree", |x| sample(x).total(), &x, &dx);
}
