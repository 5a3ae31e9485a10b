//! A search tree of boxes that grows inside the function.
use crate::check::*;

struct Node {
    value: f64,
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
}

impl Node {
    fn insert(&mut self, value: f64) {
        let side = if value < self.value { &mut self.left } else { &mut self.right };
        match side {
            Some(node) => node.insert(value),
            None => *side = Some(Box::new(Node { value, left: None, right: None })),
        }
    }

    fn sum(&self, depth: f64) -> f64 {
        let below = |side: &Option<Box<Node>>| side.as_ref().map_or(0.0, |n| n.sum(depth + 1.0));
        self.value * self.value * depth + below(&self.left) + below(&self.right)
    }
}

#[linkgrad::reverse(d_tree, Duplicated, Active)]
fn tree(x: &[f64]) -> f64 {
    let mut root = Node { value: x[0], left: None, right: None };
    for v in &x[1..] {
        root.insert(*v);
    }
    root.sum(1.0)
}

pub fn run() {
    let x = numbers(7, 8);
    let mut dx = vec![0.0; 7];
    exact("tree", d_tree(&x, &mut dx, 1.0), tree(&x));
    gradient("tree", tree, &x, &dx);
}
