//! A neural network learns the sine, on stable Rust.  The gradient of the loss with
//! respect to all parameters is made from `loss` when the program is linked.

struct Network {
    sizes: Vec<usize>,
}

impl Network {
    fn parameters(&self) -> usize {
        self.sizes.windows(2).map(|s| (s[0] + 1) * s[1]).sum()
    }

    fn apply(&self, parameters: &[f64], x: f64) -> f64 {
        let mut values = vec![x];
        let mut rest = parameters;
        for layer in 1..self.sizes.len() {
            let (weights, behind) = rest.split_at(self.sizes[layer] * values.len());
            let (biases, behind) = behind.split_at(self.sizes[layer]);
            rest = behind;
            let sums = weights.chunks(values.len()).zip(biases).map(|(row, bias)| {
                row.iter().zip(&values).map(|(w, v)| w * v).sum::<f64>() + bias
            });
            let is_last = layer + 1 == self.sizes.len();
            values = sums.map(|s| if is_last { s } else { s.tanh() }).collect();
        }
        values[0]
    }
}

#[linkgrad::reverse(d_loss, Const, Duplicated, Const, Active)]
fn loss(network: &Network, parameters: &[f64], samples: &[(f64, f64)]) -> f64 {
    let errors = samples.iter().map(|(x, y)| (network.apply(parameters, *x) - y).powi(2));
    errors.sum::<f64>() / samples.len() as f64
}

/// Steps of the method Adam.
struct Adam {
    mean: Vec<f64>,
    square: Vec<f64>,
    steps: i32,
}

impl Adam {
    fn step(&mut self, parameters: &mut [f64], gradient: &[f64], rate: f64) {
        self.steps += 1;
        for (i, g) in gradient.iter().enumerate() {
            self.mean[i] += 0.1 * (g - self.mean[i]);
            self.square[i] += 0.001 * (g * g - self.square[i]);
            let mean = self.mean[i] / (1.0 - 0.9_f64.powi(self.steps));
            let square = self.square[i] / (1.0 - 0.999_f64.powi(self.steps));
            parameters[i] -= rate * mean / (square.sqrt() + 1e-8);
        }
    }
}

fn main() {
    let network = Network { sizes: vec![1, 12, 12, 1] };
    let count = network.parameters();
    let mut parameters: Vec<f64> = (0..count).map(|i| (1.7 * i as f64 + 0.3).sin() * 0.7).collect();
    let samples: Vec<(f64, f64)> = (0..64).map(|i| i as f64 * 0.1 - 3.2).map(|x| (x, x.sin())).collect();
    let mut adam = Adam { mean: vec![0.0; count], square: vec![0.0; count], steps: 0 };
    for step in 0..=2000 {
        let mut gradient = vec![0.0; count];
        let loss = d_loss(&network, &parameters, &mut gradient, &samples, 1.0);
        if step % 500 == 0 {
            println!("step {step:4}: loss {loss:.2e}");
        }
        adam.step(&mut parameters, &gradient, 0.01);
    }
    println!("sin(1) is {:.3}, the network says {:.3}", 1.0_f64.sin(), network.apply(&parameters, 1.0));
}
