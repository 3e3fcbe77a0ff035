//! The agent's layers on the host: what it sees becomes a drive, what its neurons do becomes an action.
//!
//! An action is needed before the next input is known, so these layers are applied step by step; whole lifetimes at
//! once they are part of the graph that gradients flow through.

use crate::data::Generator;
use crate::plastic::Parameters;
use candle_core::Result;
use rand::Rng as _;

/// A linear layer on the host: y = x W + b, W being `[inputs, outputs]`.
struct Linear {
    outputs: usize,
    weight: Vec<f32>,
    bias: Vec<f32>,
}

impl Linear {
    fn new(parameters: &Parameters, name: &str) -> Result<Self> {
        let bias = parameters.values(&format!("{name}.bias"))?;
        Ok(Self { outputs: bias.len(), weight: parameters.values(&format!("{name}.weight"))?, bias })
    }

    /// Applies the layer to rows of inputs.
    fn apply(&self, inputs: &[f32], outputs: &mut [f32]) {
        let width = self.weight.len() / self.outputs;
        for (input, output) in inputs.chunks_exact(width).zip(outputs.chunks_exact_mut(self.outputs)) {
            output.copy_from_slice(&self.bias);
            for (&input, weights) in input.iter().zip(self.weight.chunks_exact(self.outputs)) {
                // Most of what an agent sees is zero.
                if input != 0.0 {
                    for (output, weight) in output.iter_mut().zip(weights) {
                        *output += input * weight;
                    }
                }
            }
        }
    }
}

/// The layers before and after the recurrence.
pub struct Agent {
    input: Linear,
    policy: Linear,
}

impl Agent {
    /// The layers of a network.
    ///
    /// # Errors
    /// When one is missing.
    pub fn new(parameters: &Parameters) -> Result<Self> {
        Ok(Self { input: Linear::new(parameters, "input")?, policy: Linear::new(parameters, "policy")? })
    }

    /// What drives the neurons, `[B, N]`, when the agents see `observations`, `[B, I]`.
    pub fn drive(&self, observations: &[f32], drive: &mut [f32]) {
        self.input.apply(observations, drive);
    }

    /// How likely each action is, `[B, A]`: the soft-max of the policy's outputs for `activity`, `[B, N]`.
    pub fn probabilities(&self, activity: &[f32], probabilities: &mut [f32]) {
        self.policy.apply(activity, probabilities);
        for row in probabilities.chunks_exact_mut(self.policy.outputs) {
            let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            row.iter_mut().for_each(|value| *value = (*value - largest).exp());
            let sum: f32 = row.iter().sum();
            row.iter_mut().for_each(|value| *value /= sum);
        }
    }
}

/// The number of an action drawn with these probabilities.
pub fn draw(generator: &mut Generator, probabilities: &[f32]) -> usize {
    let mut left: f32 = generator.random();
    // What rounding leaves over goes to the last one.
    let last = probabilities.len().saturating_sub(1);
    for (action, probability) in probabilities[..last].iter().enumerate() {
        left -= probability;
        if left < 0.0 {
            return action;
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Stream;

    #[test]
    fn actions_come_as_often_as_their_probabilities_say() {
        let (probabilities, mut generator) = ([0.5, 0.0, 0.2, 0.3], Generator::new(4, Stream::Training));
        let mut counts = [0usize; 4];
        for _ in 0..100_000 {
            counts[draw(&mut generator, &probabilities)] += 1;
        }
        for (count, probability) in counts.into_iter().zip(probabilities) {
            assert!((count as f32 / 1e5 - probability).abs() < 0.01, "{counts:?}");
        }
        assert_eq!(counts[1], 0);
    }

    #[test]
    fn probabilities_are_those_of_the_policy() {
        let mut parameters = Parameters::default();
        parameters.insert("input.weight", &[1, 2], &[0.0; 2]).unwrap();
        parameters.insert("input.bias", &[2], &[0.0; 2]).unwrap();
        parameters.insert("policy.weight", &[2, 3], &[1.0, 2.0, 3.0, 200.0, 100.0, 0.0]).unwrap();
        parameters.insert("policy.bias", &[3], &[0.5, 0.0, -0.5]).unwrap();
        let agent = Agent::new(&parameters).unwrap();
        let mut probabilities = [0.0; 6];
        agent.probabilities(&[1.0, 0.0, 0.0, 1.0], &mut probabilities);
        let sum = 1.5f32.exp() + 2.0f32.exp() + 2.5f32.exp();
        for (found, exponent) in probabilities.iter().zip([1.5f32, 2.0, 2.5]) {
            assert!((found - exponent.exp() / sum).abs() < 1e-6, "{probabilities:?}");
        }
        // Large outputs stay numbers.
        assert_eq!(probabilities[3..], [1.0, 0.0, 0.0]);
    }
}
