//! The agent's layers: what it sees becomes a drive, what its neurons do becomes an action and a foreseen return.
//!
//! An action is needed before the next input is known, so these layers are applied step by step on the host ([`Heads`]);
//! for whole lifetimes at once they are part of the graph that gradients flow through ([`linear`]).

use crate::data::Generator;
use crate::plastic::linear::linear;
use crate::plastic::{AgentSize, Parameters};
use candle_core::{Result, Tensor};
use rand::Rng as _;

/// The layers before and after the recurrence, on the host.
pub struct Heads {
    size: AgentSize,
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

impl Heads {
    /// The layers of a network.
    ///
    /// # Errors
    /// When one is missing.
    pub fn new(parameters: &Parameters) -> Result<Self> {
        let size = AgentSize {
            inputs: parameters.get("input.weight")?.dim(0)?,
            actions: parameters.get("policy.bias")?.dim(0)?,
        };
        Ok(Self {
            size,
            input_weight: parameters.values("input.weight")?,
            input_bias: parameters.values("input.bias")?,
            policy_weight: parameters.values("policy.weight")?,
            policy_bias: parameters.values("policy.bias")?,
            value_weight: parameters.values("value.weight")?,
            value_bias: parameters.values("value.bias")?,
        })
    }

    /// How many numbers the agent sees.
    pub fn inputs(&self) -> usize {
        self.size.inputs
    }

    /// Among how many actions it chooses.
    pub fn actions(&self) -> usize {
        self.size.actions
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

    /// How likely each action is, into `probabilities`, `[A]`: the soft-max of the policy's outputs for `activity`, `[N]`.
    pub fn probabilities(&self, activity: &[f32], probabilities: &mut [f32]) {
        probabilities.copy_from_slice(&self.policy_bias);
        for (&activity, weights) in activity.iter().zip(self.policy_weight.chunks_exact(self.size.actions)) {
            for (sum, weight) in probabilities.iter_mut().zip(weights) {
                *sum += activity * weight;
            }
        }
        let largest = probabilities.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        probabilities.iter_mut().for_each(|sum| *sum = (*sum - largest).exp());
        let total: f32 = probabilities.iter().sum();
        probabilities.iter_mut().for_each(|power| *power /= total);
    }

    /// The return that it foresees with this `activity`, `[N]`.
    pub fn value(&self, activity: &[f32]) -> f32 {
        let weighed = activity.iter().zip(&self.value_weight).map(|(activity, weight)| activity * weight);
        weighed.sum::<f32>() + self.value_bias.iter().sum::<f32>()
    }
}

/// An action drawn with these probabilities.
pub fn draw(generator: &mut Generator, probabilities: &[f32]) -> usize {
    let mut left: f32 = generator.random();
    let drawn = probabilities.iter().position(|probability| {
        left -= probability;
        left < 0.0
    });
    // What rounding leaves over goes to the last one.
    drawn.unwrap_or(probabilities.len() - 1)
}

/// What drives the neurons of an agent in all steps, `[T·B, N]`, when it sees `seen`, `[T·B, I]`, of which `constant` is
/// always one.
///
/// # Errors
/// When a parameter is missing or misshapen.
pub(super) fn drive(parameters: &Parameters, seen: &Tensor, constant: Option<usize>) -> Result<Tensor> {
    linear(parameters, &["input"], seen, constant)
}

/// The policy's outputs, `[T·B, A]`, and behind them the foreseen return, together `[T·B, A + 1]`, for the activities of
/// all steps, `[T·B, N]`: both read the same activities, in one product.
///
/// # Errors
/// When a parameter is missing or misshapen.
pub(super) fn outputs(parameters: &Parameters, activity: &Tensor) -> Result<Tensor> {
    linear(parameters, &["policy", "value"], activity, None)
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
    fn the_layers_are_those_of_the_parameters() {
        let mut parameters = Parameters::default();
        parameters.insert("input.weight", &[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).unwrap();
        parameters.insert("input.bias", &[2], &[0.5, -0.5]).unwrap();
        parameters.insert("policy.weight", &[2, 4], &[1.0, 2.0, 3.0, 4.0, 300.0, 100.0, 0.0, 0.0]).unwrap();
        parameters.insert("policy.bias", &[4], &[0.5, 0.0, -0.5, -1.0]).unwrap();
        parameters.insert("value.weight", &[2, 1], &[2.0, -3.0]).unwrap();
        parameters.insert("value.bias", &[1], &[0.25]).unwrap();
        let heads = Heads::new(&parameters).unwrap();
        assert_eq!((heads.inputs(), heads.actions()), (3, 4));
        let mut drive = [f32::NAN; 2];
        heads.drive(&[1.0, 0.0, -1.0], &mut drive);
        assert_eq!(drive, [0.5 + 1.0 - 5.0, -0.5 + 2.0 - 6.0]);
        let mut probabilities = [f32::NAN; 4];
        heads.probabilities(&[1.0, 0.0], &mut probabilities);
        let sum = 1.5f32.exp() + 2.0f32.exp() + 2.5f32.exp() + 3.0f32.exp();
        for (found, exponent) in probabilities.into_iter().zip([1.5f32, 2.0, 2.5, 3.0]) {
            assert!((found - exponent.exp() / sum).abs() < 1e-6, "{found}");
        }
        assert_eq!(heads.value(&[1.0, 0.5]), 0.75);
        heads.probabilities(&[0.0, 1.0], &mut probabilities);
        assert_eq!(probabilities, [1.0, 0.0, 0.0, 0.0], "large outputs stay numbers");
    }

    /// With a constant input or without, at once or step by step: the same layers.
    #[test]
    fn whole_lifetimes_at_once_see_and_act_as_step_by_step() {
        let network = crate::plastic::Network::agent(
            crate::plastic::Recurrent { neurons: 5, drive: crate::plastic::Drive::Add, plasticity: None },
            AgentSize { inputs: 3, actions: 2 },
        );
        let mut generator = Generator::new(3, Stream::Initialisation);
        let mut parameters = Parameters::default();
        for (name, shape) in network.shapes() {
            parameters.insert(&name, &shape, &generator.normal(shape.iter().product(), 0.7)).unwrap();
        }
        let heads = Heads::new(&parameters).unwrap();
        let seen = [0.5f32, 1.0, -2.0, 0.0, 1.0, 0.25];
        let tensor = Tensor::from_slice(&seen, (2, 3), parameters.device()).unwrap();
        let mut expected = [0.0; 10];
        seen.chunks(3).zip(expected.chunks_mut(5)).for_each(|(seen, drive)| heads.drive(seen, drive));
        for constant in [Some(1), None] {
            let found = drive(&parameters, &tensor, constant).unwrap().flatten_all().unwrap();
            for (found, expected) in found.to_vec1::<f32>().unwrap().iter().zip(expected) {
                assert!((found - expected).abs() < 1e-5, "{constant:?}: {found}, not {expected}");
            }
        }
        let activity = Tensor::from_slice(&expected, (2, 5), parameters.device()).unwrap();
        let found = outputs(&parameters, &activity).unwrap().to_vec2::<f32>().unwrap();
        for (found, activity) in found.iter().zip(expected.chunks(5)) {
            assert!((found[2] - heads.value(activity)).abs() < 1e-5);
            let mut probabilities = [0.0; 2];
            heads.probabilities(activity, &mut probabilities);
            let ratio = (found[0] - found[1]).exp();
            assert!((ratio - probabilities[0] / probabilities[1]).abs() < 1e-4 * ratio);
        }
    }
}
