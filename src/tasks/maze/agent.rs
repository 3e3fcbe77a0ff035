//! The agent's layers on the host: what it sees becomes a drive, what its neurons do becomes an action.
//!
//! An action is needed before the next input is known, so these layers are applied step by step; whole lifetimes at
//! once they are part of the graph that gradients flow through.

use super::grid::Action;
use crate::data::Generator;
use crate::plastic::Parameters;
use candle_core::Result;
use rand::Rng as _;

/// How many actions there are.
pub const ACTIONS: usize = Action::ALL.len();

/// The layers before and after the recurrence.
pub struct Agent {
    /// `[I, N]`.
    input_weight: Vec<f32>,
    input_bias: Vec<f32>,
    /// `[N, A]`.
    policy_weight: Vec<f32>,
    policy_bias: Vec<f32>,
    /// `[N, 1]`.
    value_weight: Vec<f32>,
    value_bias: Vec<f32>,
}

impl Agent {
    /// The layers of a network.
    ///
    /// # Errors
    /// When one is missing.
    pub fn new(parameters: &Parameters) -> Result<Self> {
        Ok(Self {
            input_weight: parameters.values("input.weight")?,
            input_bias: parameters.values("input.bias")?,
            policy_weight: parameters.values("policy.weight")?,
            policy_bias: parameters.values("policy.bias")?,
            value_weight: parameters.values("value.weight")?,
            value_bias: parameters.values("value.bias")?,
        })
    }

    /// What drives the neurons, `[N]`, when the agent sees `observation`, `[I]`.
    pub fn drive(&self, observation: &[f32], drive: &mut [f32]) {
        drive.copy_from_slice(&self.input_bias);
        for (&seen, weights) in observation.iter().zip(self.input_weight.chunks_exact(drive.len())) {
            // Most of what an agent sees is zero.
            if seen != 0.0 {
                for (drive, weight) in drive.iter_mut().zip(weights) {
                    *drive += seen * weight;
                }
            }
        }
    }

    /// How likely each action is: the soft-max of the policy's outputs for `activity`, `[N]`.
    pub fn probabilities(&self, activity: &[f32]) -> [f32; ACTIONS] {
        let mut sums = [0.0; ACTIONS];
        sums.copy_from_slice(&self.policy_bias);
        for (&activity, weights) in activity.iter().zip(self.policy_weight.as_chunks::<ACTIONS>().0) {
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum += activity * weight;
            }
        }
        let largest = sums.into_iter().fold(f32::NEG_INFINITY, f32::max);
        let powers = sums.map(|sum| (sum - largest).exp());
        let total: f32 = powers.iter().sum();
        powers.map(|power| power / total)
    }

    /// The return that it foresees with this `activity`, `[N]`.
    pub fn value(&self, activity: &[f32]) -> f32 {
        let weighed = activity.iter().zip(&self.value_weight).map(|(activity, weight)| activity * weight);
        weighed.sum::<f32>() + self.value_bias.iter().sum::<f32>()
    }
}

/// An action drawn with these probabilities.
pub fn draw(generator: &mut Generator, probabilities: [f32; ACTIONS]) -> Action {
    let mut left: f32 = generator.random();
    for (action, probability) in Action::ALL.into_iter().zip(probabilities) {
        left -= probability;
        if left < 0.0 {
            return action;
        }
    }
    // What rounding leaves over goes to the last one.
    Action::Down
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Stream;

    #[test]
    fn actions_come_as_often_as_their_probabilities_say() {
        let (probabilities, mut generator) = ([0.5, 0.0, 0.2, 0.3], Generator::new(4, Stream::Training));
        let mut counts = [0usize; ACTIONS];
        for _ in 0..100_000 {
            counts[draw(&mut generator, probabilities) as usize] += 1;
        }
        for (count, probability) in counts.into_iter().zip(probabilities) {
            assert!((count as f32 / 1e5 - probability).abs() < 0.01, "{counts:?}");
        }
        assert_eq!(counts[1], 0);
    }

    #[test]
    fn the_layers_are_those_of_the_parameters() {
        let mut parameters = Parameters::default();
        parameters.insert("input.weight", &[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        parameters.insert("input.bias", &[2], &[0.5, -0.5]).unwrap();
        parameters.insert("policy.weight", &[2, 4], &[1.0, 2.0, 3.0, 4.0, 300.0, 100.0, 0.0, 0.0]).unwrap();
        parameters.insert("policy.bias", &[4], &[0.5, 0.0, -0.5, -1.0]).unwrap();
        parameters.insert("value.weight", &[2, 1], &[2.0, -3.0]).unwrap();
        parameters.insert("value.bias", &[1], &[0.25]).unwrap();
        let agent = Agent::new(&parameters).unwrap();
        let mut drive = [f32::NAN; 2];
        agent.drive(&[1.0, 0.0, -1.0], &mut drive);
        assert_eq!(drive, [0.5 + 1.0 - 5.0, -0.5 + 2.0 - 6.0]);
        let sum = 1.5f32.exp() + 2.0f32.exp() + 2.5f32.exp() + 3.0f32.exp();
        for (found, exponent) in agent.probabilities(&[1.0, 0.0]).into_iter().zip([1.5f32, 2.0, 2.5, 3.0]) {
            assert!((found - exponent.exp() / sum).abs() < 1e-6, "{found}");
        }
        assert_eq!(agent.value(&[1.0, 0.5]), 0.75);
        assert_eq!(agent.probabilities(&[0.0, 1.0]), [1.0, 0.0, 0.0, 0.0], "large outputs stay numbers");
    }
}
