//! What a run has come to so far, as far as it is known in the window.

use crate::train::{Checkpoint, Point, Validation};

/// The numbers of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunRecord {
    /// Of all iterations; index 0 is iteration 1.
    pub points: Vec<Point>,
    /// What its network came to after each epoch, the first one at index 0; none where there are no epochs.
    pub validations: Vec<Validation>,
}

impl RunRecord {
    /// Takes it out of a checkpoint.
    pub fn take(checkpoint: &mut Checkpoint) -> Self {
        let points = std::mem::take(&mut checkpoint.curve);
        Self { points, validations: std::mem::take(&mut checkpoint.validations) }
    }
}
