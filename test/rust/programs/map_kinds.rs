//! Maps with arrays, vectors and structs as values; growth and removal.
use crate::check::*;
use std::collections::HashMap;

#[linkgrad::reverse(d_many, Duplicated, Active)]
fn many(x: &[f64]) -> f64 {
    let mut table: HashMap<u64, f64> = HashMap::new();
    for k in 0..700u64 {
        table.insert(k * k, x[(k % 11) as usize] * (k as f64).sin());
    }
    for k in 0..300u64 {
        table.remove(&(4 * k * k));
    }
    for k in 0..200u64 {
        if let Some(v) = table.get_mut(&(k * k)) {
            *v *= x[0] + 1.5;
        }
    }
    let mut sum = 0.0;
    for k in 0..700u64 {
        if let Some(v) = table.get(&(k * k)) {
            sum += v * v;
        }
    }
    sum / 700.0 + table.len() as f64 * 0.001
}

#[linkgrad::reverse(d_triples, Duplicated, Active)]
fn triples(x: &[f64]) -> f64 {
    let mut table: HashMap<u32, [f64; 3]> = HashMap::with_capacity(4);
    for k in 0..60u32 {
        let v = x[k as usize % x.len()];
        let row = table.entry(k % 23).or_insert([0.0; 3]);
        row[0] += v;
        row[1] += v * v;
        row[2] += v * v * v;
    }
    table.values().map(|r| r[0] * r[1] + r[2]).sum()
}

#[linkgrad::reverse(d_lists, Duplicated, Active)]
fn lists(x: &[f64]) -> f64 {
    let mut groups: HashMap<i32, Vec<f64>> = HashMap::new();
    for (i, v) in x.iter().enumerate() {
        groups.entry((i * i % 7) as i32).or_default().push(*v);
    }
    groups.into_iter().map(|(key, list)| (key as f64 + 1.0) * list.iter().product::<f64>()).sum()
}

#[derive(Clone, Copy)]
struct Particle {
    mass: f64,
    at: [f64; 2],
    id: u32,
}

#[linkgrad::reverse(d_structs, Duplicated, Active)]
fn structs(x: &[f64]) -> f64 {
    let mut table: HashMap<(i32, i32), Particle> = HashMap::new();
    for (i, w) in x.windows(3).enumerate() {
        let p = Particle { mass: w[0] + 2.0, at: [w[1], w[2]], id: i as u32 };
        table.entry((i as i32 % 2, i as i32 % 3)).and_modify(|q| q.mass *= p.mass + q.id as f64).or_insert(p);
    }
    table.retain(|k, _| k.0 + k.1 < 3);
    table.drain().map(|(k, p)| p.mass * (p.at[0] * p.at[0] + p.at[1]) * (1 + k.0) as f64).sum()
}

pub fn run() {
    let x = numbers(12, 7);
    reverse("many", many, d_many, &x);
    reverse("triples", triples, d_triples, &x);
    reverse("lists", lists, d_lists, &x);
    reverse("structs", structs, d_structs, &x);
}
