//! Where a function may stand: generic, method, associated, in a trait, nested, unsafe.
use crate::check::*;
use std::ops::{Add, Mul};

#[linkgrad::reverse(d_square, Duplicated, Active)]
#[linkgrad::forward(t_square, Dual, Dual)]
fn square<T: Mul<Output = T> + Copy>(x: &T) -> T {
    *x * *x
}

#[linkgrad::reverse(d_poly, Active, Const, Active)]
fn poly<T, const N: usize>(x: T, c: [T; N]) -> T
where
    T: Copy + Mul<Output = T> + Add<Output = T> + Default,
{
    c.iter().rev().fold(T::default(), |sum, c| sum * x + *c)
}

#[linkgrad::reverse(d_apply, Const, Active, Active)]
fn apply(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(f(x))
}

#[derive(Clone, Copy)]
struct Spring {
    stiffness: f64,
    length: f64,
}

impl Spring {
    #[linkgrad::reverse(d_energy, Duplicated, Active, Active)]
    #[linkgrad::forward(t_energy, Dual, Const, Dual)]
    fn energy(&self, x: f64) -> f64 {
        0.5 * self.stiffness * (x - self.length).powi(2)
    }

    #[linkgrad::reverse(d_consume, Active, Active)]
    fn consume(self) -> f64 {
        self.stiffness * self.length
    }

    #[linkgrad::reverse(d_stretch, Duplicated, Active)]
    fn stretch(&mut self, by: f64) {
        self.length *= by;
    }

    #[linkgrad::reverse(d_between, Active, Active, Active)]
    pub fn between(a: f64, b: f64) -> f64 {
        if a > b {
            return a * b;
        }
        a - b
    }

    #[linkgrad::reverse(d_new, Active, Active, Active)]
    fn new(stiffness: f64, length: f64) -> Self {
        Self { stiffness: stiffness * 2.0, length }
    }
}

trait Shape {
    fn size(&self) -> f64;

    #[linkgrad::reverse(d_area, Duplicated, Active)]
    fn area(&self) -> f64 {
        self.size() * self.size()
    }
}

struct Square(f64);
struct Circle {
    radius: f64,
}

impl Shape for Square {
    fn size(&self) -> f64 {
        self.0
    }
}

impl Shape for Circle {
    fn size(&self) -> f64 {
        self.radius * std::f64::consts::PI.sqrt()
    }
}

#[linkgrad::reverse(d_raw, Duplicated, Const, Active)]
unsafe fn raw(x: *const f64, n: usize) -> f64 {
    (0..n).map(|i| (*x.add(i)).powi(3)).sum()
}

#[linkgrad::reverse(d_foreign, Active, Active)]
extern "C" fn foreign(x: f64) -> f64 {
    x * x
}

#[linkgrad::reverse(d_patterns, Active, Active, Active)]
fn patterns((a, b): (f64, f64), mut c: f64) -> f64 {
    c *= a;
    c * b
}

macro_rules! power {
    ($name:ident, $gradient:ident, $type:ty, $n:expr) => {
        #[linkgrad::reverse($gradient, Active, Active)]
        fn $name(x: $type) -> $type {
            x.powi($n)
        }
    };
}
power!(cube, d_cube, f64, 3);

macro_rules! power {
    ($visibility:vis $name:ident, $type:ty, |$x:ident| $body:block) => {
        #[linkgrad::reverse(d_power, Active, Active)]
        $visibility fn $name($x: $type) -> $type $body
    };
}
power!(pub power, f64, |x| { x * x * x });

pub fn run() {
    exact("made by a macro", d_power(2.0, 10.0).1, 120.0);
    let mut dx = 0.0;
    exact("generic", d_square(&3.0, &mut dx, 1.0), 9.0);
    exact("generic", dx, 6.0);
    exact("generic f32", t_square(&3.0_f32, &1.0).1.into(), 6.0);
    let (value, dx) = d_poly(2.0, [1.0, 2.0, 3.0], 1.0);
    exact("const generic", value, 17.0);
    exact("const generic", dx, 14.0);
    let k = 3.0;
    exact("impl Fn", d_apply(|x| k * x * x, 2.0, 1.0).1, 4.0 * 27.0 * 8.0);

    let spring = Spring { stiffness: 2.0, length: 1.0 };
    let mut d = Spring { stiffness: 0.0, length: 0.0 };
    let (value, dx) = spring.d_energy(&mut d, 4.0, 1.0);
    exact("method", value, 9.0);
    exact("method", dx, 6.0);
    exact("method", d.length, -6.0);
    exact("method", d.stiffness, 4.5);
    exact("method, tangent", spring.t_energy(&Spring { stiffness: 1.0, length: 0.0 }, 4.0).1, 4.5);
    exact("by value", spring.d_consume(1.0).1.stiffness, 1.0);
    let (mut stretched, mut seed) = (spring, Spring { stiffness: 0.0, length: 1.0 });
    exact("by mutable reference", stretched.d_stretch(&mut seed, 3.0), 1.0);
    exact("by mutable reference", stretched.length, 3.0);
    exact("by mutable reference", seed.length, 3.0);
    exact("associated", Spring::d_between(3.0, 2.0, 1.0).1, 2.0);
    exact("associated", Spring::d_between(2.0, 3.0, 1.0).2, -1.0);
    exact("constructor", Spring::d_new(3.0, 2.0, Spring { stiffness: 1.0, length: 1.0 }).1, 2.0);

    let (mut ds, mut dc) = (Square(0.0), Circle { radius: 0.0 });
    exact("trait", Square(3.0).d_area(&mut ds, 1.0), 9.0);
    exact("trait", ds.0, 6.0);
    Circle { radius: 2.0 }.d_area(&mut dc, 1.0);
    exact("trait", dc.radius, 4.0 * std::f64::consts::PI);

    let mut dx = [0.0; 2];
    exact("raw pointers", unsafe { d_raw([1.0, 2.0].as_ptr(), dx.as_mut_ptr(), 2, 1.0) }, 9.0);
    exact("raw pointers", dx[1], 12.0);
    exact("extern C", d_foreign(3.0, 1.0).1, 6.0);
    let (_, (da, db), dc) = d_patterns((2.0, 3.0), 4.0, 1.0);
    exact("patterns", da, 12.0);
    exact("patterns", db, 8.0);
    exact("patterns", dc, 6.0);
    exact("from a macro", d_cube(2.0, 1.0).1, 12.0);

    #[linkgrad::reverse(d_nested, Active, Active)]
    fn nested(x: f64) -> f64 {
        x.ln()
    }
    exact("nested", d_nested(4.0, 1.0).1, 0.25);
}
