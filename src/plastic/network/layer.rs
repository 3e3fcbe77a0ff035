//! A plastic layer: what the microscope looks at.

use crate::plastic::parameters::Parameters;
use crate::plastic::writing::Writing;
use candle_core::Result;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The name of the one layer of a [recurrent](super::Recurrent) network, whose parameters have no prefix.
pub const RECURRENT: &str = "recurrent";

/// How many plasticity coefficients α a layer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlphaKind {
    /// One per connection, `[pre, post]`.
    Free,
    /// One per post-synaptic neuron, `[post]`: every connection into neuron *j* shares α_j.
    PerNeuron,
    /// One for the whole layer, `[1]`.
    Yoked,
}

impl AlphaKind {
    /// How many there are, in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Free => "per synapse",
            Self::PerNeuron => "per neuron",
            Self::Yoked => "one for all",
        }
    }

    /// The shape of α in a layer of `pre` × `post` connections.
    pub fn shape(self, [pre, post]: [usize; 2]) -> Vec<usize> {
        match self {
            Self::Free => vec![pre, post],
            Self::PerNeuron => vec![post],
            Self::Yoked => vec![1],
        }
    }

    /// α_ij read from its stored form (`alpha` as [`AlphaKind::shape`] says, row major) in a layer of `post` columns.
    pub fn at(self, alpha: &[f32], post: usize, from: usize, to: usize) -> f32 {
        match self {
            Self::Free => alpha[from * post + to],
            Self::PerNeuron => alpha[to],
            Self::Yoked => alpha[0],
        }
    }
}

/// The plastic part of a layer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plasticity {
    /// How many α there are.
    pub alpha: AlphaKind,
    /// What writes the trace.
    pub writing: Writing,
}

/// `pre` × `post` connections with weights w, plasticity coefficients α and a trace H that is written by two signals:
/// one of the neurons from which the connections come, one of those to which they lead.
#[derive(Clone, Debug, PartialEq)]
pub struct PlasticLayer {
    /// Its name: "recurrent", "head".
    pub name: Cow<'static, str>,
    /// How many neurons its connections come from: rows.
    pub pre: usize,
    /// How many they lead to: columns.
    pub post: usize,
    /// By how many steps the pre-synaptic signal is older than the post-synaptic one: one where a layer hears what was
    /// before, none where a signal passes through within a step.
    pub delay: usize,
    /// Its α, and what writes its trace.
    pub plasticity: Plasticity,
}

impl PlasticLayer {
    /// Rows and columns of w and H.
    pub fn shape(&self) -> [usize; 2] {
        [self.pre, self.post]
    }

    /// How many numbers a trace has.
    pub fn trace_len(&self) -> usize {
        self.pre.saturating_mul(self.post)
    }

    /// How many numbers a lifetime carries from step to step for this layer: H, then E where there is one.
    pub fn state_len(&self) -> usize {
        self.trace_len().saturating_mul(if self.plasticity.writing.has_eligibility() { 2 } else { 1 })
    }

    /// The name of one of its parameters among those of the network: "alpha", "head.alpha".
    pub fn parameter(&self, which: &str) -> String {
        if self.name == RECURRENT { which.to_owned() } else { format!("{}.{which}", self.name) }
    }

    /// Names and shapes of its trained parameters, in the order in which first values are drawn.
    pub fn shapes(&self) -> Vec<(String, Vec<usize>)> {
        let own = shapes(self.shape(), self.plasticity);
        own.into_iter().map(|(name, shape)| (self.parameter(name), shape)).collect()
    }

    /// The trained step size η; zero where none is trained.
    ///
    /// # Errors
    /// When it should be among `parameters` and is not.
    pub fn eta(&self, parameters: &Parameters) -> Result<f32> {
        match self.plasticity.writing.has_eta() {
            true => Ok(parameters.values(&self.parameter("eta"))?[0]),
            false => Ok(0.0),
        }
    }

    /// α_ij from α in its stored form.
    pub fn alpha_at(&self, alpha: &[f32], from: usize, to: usize) -> f32 {
        self.plasticity.alpha.at(alpha, self.post, from, to)
    }

    /// Checks the numbers of a layer that comes from a file.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self) -> std::result::Result<(), String> {
        if self.pre == 0 || self.post == 0 {
            return Err(format!(
                "expected a layer of at least one connection, found {} × {} in {}",
                self.pre, self.post, self.name
            ));
        }
        self.plasticity.writing.check()
    }
}

/// Names and shapes of the parameters of `pre` × `post` plastic connections, in the order in which first values are drawn.
pub(super) fn shapes([pre, post]: [usize; 2], plasticity: Plasticity) -> Vec<(&'static str, Vec<usize>)> {
    let Plasticity { alpha, writing } = plasticity;
    let mut shapes = vec![("w", vec![pre, post]), ("alpha", alpha.shape([pre, post]))];
    if writing.modulation().is_some() {
        shapes.extend([("mod.weight", vec![post, 1]), ("mod.bias", vec![1])]);
    }
    if writing.has_eta() {
        shapes.push(("eta", vec![1]));
    }
    if writing.modulation().is_some_and(|modulation| modulation.fan_out) {
        shapes.extend([("fanout.weight", vec![post]), ("fanout.bias", vec![post])]);
    }
    shapes
}

/// What a connection weighs: w_ij + α_ij H_ij(t) (*Differentiable plasticity*, eq. 1), in the bits in which a lifetime is
/// inspected: no fused multiply-add.
#[inline(always)]
pub fn effective_weight(w: f32, alpha: f32, trace: f32) -> f32 {
    w + alpha * trace
}
