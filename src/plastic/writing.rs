//! How a plastic layer's trace is written: by a rule alone, or as the network itself modulates it.

use super::rule::Rule;
use serde::{Deserialize, Serialize};

/// What writes a trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Writing {
    /// A rule with a trained η, the same for the whole lifetime.
    Rule(Rule),
    /// The network itself: a neuromodulator M(t) says when and how much.
    Modulated(Modulation),
}

impl Writing {
    /// Its name in words.
    pub fn title(self) -> &'static str {
        match self {
            Self::Rule(rule) => rule.title(),
            Self::Modulated(modulation) => modulation.title(),
        }
    }

    /// How the network modulates the trace; `None` where a rule alone writes it.
    pub fn modulation(self) -> Option<Modulation> {
        match self {
            Self::Rule(_) => None,
            Self::Modulated(modulation) => Some(modulation),
        }
    }

    /// Whether an eligibility trace E is carried from step to step beside H.
    pub fn has_eligibility(self) -> bool {
        self.modulation().is_some_and(|modulation| modulation.kind == ModulationKind::Retroactive)
    }

    /// Whether η is trained: by every rule, and where there is an eligibility trace for it to write.
    pub fn has_eta(self) -> bool {
        matches!(self, Self::Rule(_)) || self.has_eligibility()
    }

    /// The largest magnitude that a trace can reach; `None` where nothing bounds it.
    pub fn bound(self) -> Option<f32> {
        match self {
            Self::Rule(Rule::Clip { bound }) | Self::Modulated(Modulation { bound, .. }) => Some(bound),
            Self::Rule(Rule::Decay | Rule::Oja) => None,
        }
    }

    /// Checks the bound.
    ///
    /// # Errors
    /// When it is not above zero.
    pub fn check(self) -> Result<(), String> {
        match self.bound() {
            Some(bound) if !(bound.is_finite() && bound > 0.0) => {
                Err(format!("expected a bound of the trace above zero, found {bound}"))
            }
            _ => Ok(()),
        }
    }
}

/// What the modulator acts on (*Backpropamine*, Miconi, Rawal, Clune & Stanley 2019).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModulationKind {
    /// On what is written now: H ← clip(H + M_j(t) x_i(t−1) x_j(t)).
    Simple,
    /// On the eligibility trace of what was there before: H ← clip(H + M_j(t) E), then
    /// E ← (1−η) E + η x_i(t−1) x_j(t).
    Retroactive,
}

/// How the network modulates its trace, with M(t) = tanh(x(t) · m + c), sent to every neuron as it is, or fanned out as
/// M_j(t) = a_j M(t) + b_j.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Modulation {
    /// What the modulator acts on.
    pub kind: ModulationKind,
    /// Whether every neuron has a modulator of its own.
    pub fan_out: bool,
    /// The largest magnitude a trace can reach.
    pub bound: f32,
}

impl Modulation {
    /// Its name in words.
    pub fn title(self) -> &'static str {
        match self.kind {
            ModulationKind::Simple => "simple neuromodulation",
            ModulationKind::Retroactive => "retroactive neuromodulation",
        }
    }
}
