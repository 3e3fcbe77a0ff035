//! The configuration of a plastic recurrent network.

use super::modulated::{Kind, Modulation};
use super::rule::Rule;
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
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plasticity {
    /// The rule that writes the trace.
    pub rule: Rule,
    /// How many α there are.
    pub alpha: AlphaKind,
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
pub struct Network {
    /// How many neurons, N.
    pub neurons: usize,
    /// How input reaches them.
    pub drive: Drive,
    /// The rule and kind of α; `None` is the non-plastic RNN, the same network without α·H, unless it is modulated.
    pub plasticity: Option<Plasticity>,
    /// The layers around the recurrence; `None` where neurons are driven and read one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layers: Option<Layers>,
    /// How the network itself modulates its traces; α is free then, and there is no other plasticity.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub modulation: Option<Modulation>,
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
        if let Some(Plasticity { rule: Rule::Clip { bound }, .. }) = self.plasticity
            && !(bound.is_finite() && bound > 0.0)
        {
            return Err(format!("expected a bound of the trace above zero, found {bound}"));
        }
        if let Some(modulation) = self.modulation {
            modulation.check()?;
            if self.plasticity.is_some() || self.drive == Drive::Clamp {
                return Err(
                    "expected a modulated network without another rule, driven inside the tanh, found one".into()
                );
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
        match self.modulation {
            Some(_) => Some(AlphaKind::Free),
            None => self.plasticity.map(|plasticity| plasticity.alpha),
        }
    }

    /// How many numbers a trace has; zero for a network without.
    pub fn trace_len(&self) -> usize {
        self.alpha().map_or(0, |_| self.neurons * self.neurons)
    }

    /// How many numbers a lifetime carries from step to step beside its activities: H, then E where there is one.
    pub fn state_len(&self) -> usize {
        let has_eligibility = self.modulation.is_some_and(|modulation| modulation.kind == Kind::Retroactive);
        self.trace_len() * if has_eligibility { 2 } else { 1 }
    }

    /// The name in words of what writes the traces; `None` for a network without.
    pub fn rule_title(&self) -> Option<&'static str> {
        match self.modulation {
            Some(modulation) => Some(modulation.title()),
            None => self.plasticity.map(|plasticity| plasticity.rule.title()),
        }
    }

    /// Whether η is among the trained parameters.
    pub fn has_eta(&self) -> bool {
        self.plasticity.is_some() || self.modulation.is_some_and(|modulation| modulation.kind == Kind::Retroactive)
    }

    /// Names and shapes of the trained parameters, in the order in which they are stored.
    pub fn shapes(&self) -> Vec<(&'static str, Vec<usize>)> {
        let mut shapes = match self.modulation {
            Some(modulation) => modulation.shapes(self.neurons),
            None => vec![("w", vec![self.neurons, self.neurons])],
        };
        if let (Some(plasticity), None) = (self.plasticity, self.modulation) {
            shapes.push(("alpha", plasticity.alpha.shape(self.neurons)));
            shapes.push(("eta", vec![1]));
        }
        if let Some(Layers { inputs, actions }) = self.layers {
            shapes.extend([
                ("input.weight", vec![inputs, self.neurons]),
                ("input.bias", vec![self.neurons]),
                ("policy.weight", vec![self.neurons, actions]),
                ("policy.bias", vec![actions]),
                ("value.weight", vec![self.neurons, 1]),
                ("value.bias", vec![1]),
            ]);
        }
        shapes
    }
}
