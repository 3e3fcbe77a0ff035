//! What is done to an episode, as data.

use crate::episode::What;
use serde::{Deserialize, Serialize};

/// What is done to an episode, as far as it can be said without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// No trace is written any more.
    Freeze,
    /// The trace is zero.
    Erase,
    /// α counts so many times.
    ScaleAlpha(f32),
    /// M is this, −1 to 1.
    ClampModulator(f32),
    /// M is what the network makes it.
    ReleaseModulator,
    /// The trace is the one that the episode of another seed left behind.
    Transplant(u64),
    /// This cue is the target, counted from 1.
    SetTarget(usize),
    /// The reward is here: column and row, counted from 1 at the top left.
    MoveReward([usize; 2]),
}

impl Deed {
    /// The same as an intervention.
    pub(super) fn what(&self) -> What {
        match self {
            Self::Freeze => What::Freeze,
            Self::Erase => What::Erase,
            Self::ScaleAlpha(factor) => What::ScaleAlpha(*factor),
            Self::ClampModulator(value) => What::ClampModulator(Some(*value)),
            Self::ReleaseModulator => What::ClampModulator(None),
            Self::Transplant(seed) => What::Transplant { seed: *seed, state: [].into() },
            Self::SetTarget(cue) => What::SetTarget(cue.saturating_sub(1)),
            Self::MoveReward([column, row]) => What::MoveReward([*row, *column]),
        }
    }
}
