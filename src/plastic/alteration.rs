//! What somebody does to a lifetime while it is lived, and no rule would do.

use super::network::PlasticLayer;
use std::ops::RangeInclusive;
use std::sync::Arc;

/// A modulator is a hyperbolic tangent, and is clamped to what that can be.
pub const MODULATOR_RANGE: RangeInclusive<f32> = -1.0..=1.0;

/// A change of the plastic part between two steps, in every lane. Nothing is learned from a lifetime after it.
#[derive(Clone, Debug, PartialEq)]
pub enum Alteration {
    /// No trace is written from now on.
    Freeze,
    /// All that is carried from step to step is zero.
    Erase,
    /// All that is carried from step to step is this: H, `[pre, post]`, then E where the network keeps one.
    Transplant(Arc<[f32]>),
    /// From now on α counts as so many times what was trained.
    ScaleAlpha(f32),
    /// From now on M(t) is this, whatever the network makes it; `None` gives it back to the network.
    ClampModulator(Option<f32>),
}

impl Alteration {
    /// Checks it against the layer to which it is done; `None` where there is no plastic layer.
    ///
    /// # Errors
    /// With a sentence that says what does not fit.
    pub fn check(&self, layer: Option<&PlasticLayer>) -> Result<(), String> {
        let Some(layer) = layer else { return Err("expected a network with traces, found one without".into()) };
        let expected = layer.state_len();
        match self {
            Self::ClampModulator(_) if layer.plasticity.writing.modulation().is_none() => {
                Err("expected a network that modulates its traces, found one that does not".into())
            }
            Self::ClampModulator(Some(value)) if !MODULATOR_RANGE.contains(value) => {
                Err(format!("expected a modulator from −1 to 1, found {value}"))
            }
            Self::ClampModulator(_) => Ok(()),
            Self::Freeze | Self::Erase => Ok(()),
            Self::Transplant(state) if state.len() != expected => {
                Err(format!("expected a transplant of {expected} numbers, found {}", state.len()))
            }
            Self::Transplant(state) => match state.iter().find(|value| !value.is_finite()) {
                Some(value) => Err(format!("the transplant holds {value}, expected finite numbers")),
                None => Ok(()),
            },
            Self::ScaleAlpha(factor) if !factor.is_finite() => {
                Err(format!("expected α times a finite number, found {factor}"))
            }
            Self::ScaleAlpha(_) => Ok(()),
        }
    }

    /// Does it to what a lifetime carries from step to step; freezing, scaling and clamping leave that as it is.
    pub fn apply(&self, state: &mut [f32]) {
        match self {
            Self::Erase => state.fill(0.0),
            Self::Transplant(given) => state.copy_from_slice(given),
            Self::Freeze | Self::ScaleAlpha(_) | Self::ClampModulator(_) => {}
        }
    }

    /// Does it to H and E of the one synapse at `place` of `count`; E is zero where there is none.
    pub fn apply_to_one(&self, state: &mut [f32; 2], place: usize, count: usize) {
        match self {
            Self::Erase => *state = [0.0; 2],
            Self::Transplant(given) => *state = [given[place], given.get(count + place).copied().unwrap_or(0.0)],
            Self::Freeze | Self::ScaleAlpha(_) | Self::ClampModulator(_) => {}
        }
    }
}
