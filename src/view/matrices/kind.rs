//! Which matrices there are.

use crate::view::scene::Scene;
use serde::{Deserialize, Serialize};

/// A matrix of a network. Rows are *from*, columns *to*.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatrixKind {
    /// H(t), the trace that x(t) is computed with.
    Trace,
    /// w, the fixed weights.
    Weights,
    /// α, the plasticity coefficients, in their own shape.
    Alpha,
    /// α·H(t), what plasticity adds to the weights.
    AlphaTrace,
    /// w + α·H(t), the connections at work.
    Effective,
    /// ΔH = H(t+1) − H(t), what the step viewed writes.
    TraceChange,
    /// dL/dw of the iteration that led to the network viewed.
    WeightGradient,
    /// dL/dα of the iteration that led to the network viewed, in the shape of α.
    AlphaGradient,
}

impl MatrixKind {
    /// Every kind, in the order of menus.
    pub const ALL: [Self; 8] = [
        Self::Trace,
        Self::Weights,
        Self::Alpha,
        Self::AlphaTrace,
        Self::Effective,
        Self::TraceChange,
        Self::WeightGradient,
        Self::AlphaGradient,
    ];

    /// Its symbol, as in the papers.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Trace => "H",
            Self::Weights => "w",
            Self::Alpha => "α",
            Self::AlphaTrace => "α·H",
            Self::Effective => "w + α·H",
            Self::TraceChange => "ΔH",
            Self::WeightGradient => "dL/dw",
            Self::AlphaGradient => "dL/dα",
        }
    }

    /// The heading of a panel that shows it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Trace => "Trace",
            Self::Weights => "Weights",
            Self::Alpha => "Plasticity",
            Self::AlphaTrace => "Plastic part",
            Self::Effective => "Effective weights",
            Self::TraceChange => "ΔH at this step",
            Self::WeightGradient => "Gradient of w",
            Self::AlphaGradient => "Gradient of α",
        }
    }

    /// What it is, in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Trace => "Hebbian trace, written during the episode",
            Self::Weights => "fixed weights, learned by gradient descent",
            Self::Alpha => "plasticity coefficients, learned by gradient descent",
            Self::AlphaTrace => "what plasticity adds to the weights at this step",
            Self::Effective => "fixed and plastic part together at this step",
            Self::TraceChange => "H(t+1) − H(t), what this step writes into the trace",
            Self::WeightGradient => "gradient of the loss, by which the last iteration changed w",
            Self::AlphaGradient => "gradient of the loss, by which the last iteration changed α",
        }
    }

    /// Whether it changes from step to step of a lifetime.
    pub fn moves(self) -> bool {
        matches!(self, Self::Trace | Self::AlphaTrace | Self::Effective | Self::TraceChange)
    }

    /// Whether it is a gradient, which exists while a network trains.
    pub fn is_gradient(self) -> bool {
        matches!(self, Self::WeightGradient | Self::AlphaGradient)
    }

    /// Whether it has the shape of α.
    pub fn is_alpha(self) -> bool {
        matches!(self, Self::Alpha | Self::AlphaGradient)
    }

    /// Why `scene` has no such matrix; `None` when it has one.
    pub fn why_missing(self, scene: &Scene) -> Option<&'static str> {
        if scene.shape() == [0; 2] && scene.tape().network.lstms().next().is_some() {
            return Some("These LSTM cells have no plastic connections: there is neither α nor a trace to show.");
        }
        if scene.shape() == [0; 2] {
            return Some("This network has neither weights nor a trace to show: it answers by comparing features.");
        }
        if self.needs_plasticity() && scene.alpha.is_none() {
            return Some("This network is not plastic: it has neither α nor a trace.");
        }
        (self.is_gradient() && scene.gradients.is_none()).then_some("Gradients exist while a network trains.")
    }

    fn needs_plasticity(self) -> bool {
        !matches!(self, Self::Weights | Self::WeightGradient)
    }
}
