//! A fully recurrent layer of tanh neurons.

use super::layer::{self, AlphaKind, PlasticLayer, Plasticity, RECURRENT};
use crate::plastic::writing::{Modulation, Writing};
use serde::{Deserialize, Serialize};

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

/// N tanh neurons, each connected to all, plastic or not.
///
/// x_j(t) = tanh(input_j(t) + Σ_i (w_ij + α_ij H_ij(t)) x_i(t−1)) (*Differentiable plasticity*, eq. 1).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recurrent {
    /// How many neurons, N.
    pub neurons: usize,
    /// How input reaches them.
    pub drive: Drive,
    /// The kinds of α and of writing; `None` is the non-plastic RNN, the same without α·H.
    pub plasticity: Option<Plasticity>,
}

impl Recurrent {
    /// Its plastic layer, written by x(t−1) and x(t); `None` for the non-plastic RNN.
    pub fn layer(&self) -> Option<PlasticLayer> {
        let (pre, post) = (self.neurons, self.neurons);
        self.plasticity.map(|plasticity| PlasticLayer { name: RECURRENT.into(), pre, post, delay: 1, plasticity })
    }

    /// The kind of α; `None` without traces.
    pub fn alpha(&self) -> Option<AlphaKind> {
        self.plasticity.map(|plasticity| plasticity.alpha)
    }

    /// What writes the traces; `None` without.
    pub fn writing(&self) -> Option<Writing> {
        self.plasticity.map(|plasticity| plasticity.writing)
    }

    /// How the network modulates its traces; `None` where it does not.
    pub fn modulation(&self) -> Option<Modulation> {
        self.writing().and_then(Writing::modulation)
    }

    /// How many numbers a lifetime carries from step to step beside its activities: H, then E where there is one.
    pub fn state_len(&self) -> usize {
        self.layer().map_or(0, |layer| layer.state_len())
    }

    /// Names and shapes of the trained parameters, in the order in which first values are drawn.
    pub fn shapes(&self) -> Vec<(&'static str, Vec<usize>)> {
        let shape = [self.neurons, self.neurons];
        match self.plasticity {
            Some(plasticity) => layer::shapes(shape, plasticity),
            None => vec![("w", shape.to_vec())],
        }
    }

    /// Those of all parameters but w, whose gradient is one product over all lifetimes.
    pub(in crate::plastic) fn shapes_beside_w(&self) -> impl Iterator<Item = (&'static str, Vec<usize>)> + use<> {
        self.shapes().into_iter().filter(|(name, _)| *name != "w")
    }

    /// Checks the numbers of a network that comes from a file.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self) -> Result<(), String> {
        if self.neurons == 0 {
            return Err("expected a network of at least one neuron, found none".into());
        }
        let Some(Plasticity { writing, .. }) = self.plasticity else { return Ok(()) };
        writing.check()?;
        if writing.modulation().is_some() && self.drive == Drive::Clamp {
            return Err("expected a modulated network driven inside the tanh, found one that is clamped".into());
        }
        Ok(())
    }
}
