//! The configuration of a plastic recurrent network.

mod stored;

use super::writing::{Modulation, Writing};
use serde::{Deserialize, Serialize};

/// How many plasticity coefficients α a network has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlphaKind {
    /// One per connection, `[N, N]`.
    Free,
    /// One per post-synaptic neuron, `[N]`: every connection into neuron *j* shares α_j.
    PerNeuron,
    /// One for the whole layer, `[1]`.
    Yoked,
}

impl AlphaKind {
    /// The shape of α in a network of `neurons`.
    pub fn shape(self, neurons: usize) -> Vec<usize> {
        match self {
            Self::Free => vec![neurons, neurons],
            Self::PerNeuron => vec![neurons],
            Self::Yoked => vec![1],
        }
    }

    /// α_ij read from its stored form (`alpha` as [`AlphaKind::shape`] says, row major).
    pub fn at(self, alpha: &[f32], neurons: usize, from: usize, to: usize) -> f32 {
        match self {
            Self::Free => alpha[from * neurons + to],
            Self::PerNeuron => alpha[to],
            Self::Yoked => alpha[0],
        }
    }
}

/// How the input reaches a neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drive {
    /// The drive is added inside the tanh (*Differentiable plasticity*, eq. 1).
    Add,
    /// A drive that is not zero *is* the neuron's output at that step; zero leaves it free (section 4.1).
    Clamp,
}

impl Drive {
    /// Whether a step with this drive leaves no neuron free, so that nothing has to be computed to know its activity.
    pub(crate) fn clamps_all(self, drive: &[f32]) -> bool {
        self == Self::Clamp && drive.iter().all(|&value| value != 0.0)
    }
}

/// The plastic part of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plasticity {
    /// How many α there are.
    pub alpha: AlphaKind,
    /// What writes the trace.
    pub writing: Writing,
}

/// The linear layers of an agent, each with a bias: what it sees drives every neuron, and what every neuron does
/// decides on the next action. Row vectors times matrices: `input.weight` is `[inputs, N]`, `policy.weight`
/// `[N, actions]`, `value.weight` `[N, 1]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layers {
    /// How many numbers it sees.
    pub inputs: usize,
    /// Among how many actions it chooses.
    pub actions: usize,
}

/// A fully recurrent network of tanh neurons, plastic or not.
///
/// x_j(t) = tanh(input_j(t) + Σ_i (w_ij + α_ij H_ij(t)) x_i(t−1)) (*Differentiable plasticity*, eq. 1).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "stored::Network", into = "stored::Network")]
pub struct Network {
    /// How many neurons, N.
    pub neurons: usize,
    /// How input reaches them.
    pub drive: Drive,
    /// The kinds of α and of writing; `None` is the non-plastic RNN, the same network without α·H.
    pub plasticity: Option<Plasticity>,
    /// The layers around the recurrence; `None` where neurons are driven and read one by one.
    pub layers: Option<Layers>,
}

impl Network {
    /// Checks the numbers of a network that comes from a file.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self) -> Result<(), String> {
        if self.neurons == 0 {
            return Err("expected a network of at least one neuron, found none".into());
        }
        if let Some(Plasticity { writing, .. }) = self.plasticity {
            writing.check()?;
            if writing.modulation().is_some() && self.drive == Drive::Clamp {
                return Err("expected a modulated network driven inside the tanh, found one that is clamped".into());
            }
        }
        if let Some(Layers { inputs, actions }) = self.layers
            && (inputs == 0 || actions == 0)
        {
            return Err(format!("expected an agent that sees and acts, found {inputs} inputs and {actions} actions"));
        }
        Ok(())
    }

    /// The kind of α; `None` for a network without traces.
    pub fn alpha(&self) -> Option<AlphaKind> {
        self.plasticity.map(|plasticity| plasticity.alpha)
    }

    /// What writes the traces; `None` for a network without.
    pub fn writing(&self) -> Option<Writing> {
        self.plasticity.map(|plasticity| plasticity.writing)
    }

    /// How the network modulates its traces; `None` for one that does not.
    pub fn modulation(&self) -> Option<Modulation> {
        self.writing().and_then(Writing::modulation)
    }

    /// How many numbers a trace has; zero for a network without.
    pub fn trace_len(&self) -> usize {
        self.plasticity.map_or(0, |_| self.neurons * self.neurons)
    }

    /// How many numbers a lifetime carries from step to step beside its activities: H, then E where there is one.
    pub fn state_len(&self) -> usize {
        self.trace_len() * if self.writing().is_some_and(Writing::has_eligibility) { 2 } else { 1 }
    }

    /// Whether η is among the trained parameters.
    pub fn has_eta(&self) -> bool {
        self.writing().is_some_and(Writing::has_eta)
    }

    /// Names and shapes of the trained parameters, in the order in which first values are drawn.
    pub fn shapes(&self) -> Vec<(&'static str, Vec<usize>)> {
        let neurons = self.neurons;
        let mut shapes = vec![("w", vec![neurons, neurons])];
        if let Some(Plasticity { alpha, writing }) = self.plasticity {
            shapes.push(("alpha", alpha.shape(neurons)));
            if writing.modulation().is_some() {
                shapes.extend([("mod.weight", vec![neurons, 1]), ("mod.bias", vec![1])]);
            }
            if writing.has_eta() {
                shapes.push(("eta", vec![1]));
            }
            if writing.modulation().is_some_and(|modulation| modulation.fan_out) {
                shapes.extend([("fanout.weight", vec![neurons]), ("fanout.bias", vec![neurons])]);
            }
        }
        if let Some(Layers { inputs, actions }) = self.layers {
            shapes.extend([
                ("input.weight", vec![inputs, neurons]),
                ("input.bias", vec![neurons]),
                ("policy.weight", vec![neurons, actions]),
                ("policy.bias", vec![actions]),
                ("value.weight", vec![neurons, 1]),
                ("value.bias", vec![1]),
            ]);
        }
        shapes
    }
}
