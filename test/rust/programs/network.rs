//! Layers that own vectors of vectors.
use crate::check::*;

struct Layer {
    weights: Vec<Vec<f64>>,
    biases: Vec<f64>,
}

struct Network {
    layers: Vec<Layer>,
}

impl Network {
    fn unflatten(sizes: &[usize], p: &[f64]) -> Self {
        let mut p = p.iter().copied();
        let layers = sizes
            .windows(2)
            .map(|s| Layer {
                weights: (0..s[1]).map(|_| p.by_ref().take(s[0]).collect()).collect(),
                biases: p.by_ref().take(s[1]).collect(),
            })
            .collect();
        Network { layers }
    }
    fn forward(&self, x: &[f64]) -> Vec<f64> {
        let mut h = x.to_vec();
        for (i, layer) in self.layers.iter().enumerate() {
            h = layer
                .weights
                .iter()
                .zip(&layer.biases)
                .map(|(w, b)| w.iter().zip(&h).map(|(w, h)| w * h).sum::<f64>() + b)
                .map(|v| if i + 1 < self.layers.len() { v.max(0.1 * v).tanh() } else { v })
                .collect();
        }
        h
    }
}

#[linkgrad::reverse(d_loss, Duplicated, Active)]
fn loss(p: &[f64]) -> f64 {
    let net = Network::unflatten(&[2, 3, 1], p);
    [[0.0, 0.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
        .iter()
        .map(|s| (net.forward(&s[..2])[0] - s[2]).powi(2))
        .sum::<f64>()
        / 4.0
}

pub fn run() {
    let x = numbers(13, 7);
    let mut dx = vec![0.0; 13];
    exact("value", d_loss(&x, &mut dx, 1.0), loss(&x));
    gradient("gradient", loss, &x, &dx);
}
