//! How the values of a network are distributed, over training and over a lifetime.
//!
//! | file | subject |
//! |---|---|
//! | [`histogram`] | counts in bins that are halves and doubles of those of every other histogram |
//! | [`axis`] | the bins that histograms drawn together share |
//! | [`counted`] | the histograms of one network: w, α, H and α·H |
//! | [`ages`] | those of a network in training, at iterations that lie further and further apart |
//! | [`life`] | H and α·H along a lifetime, counted on a thread of its own |

pub mod ages;
pub mod axis;
pub mod counted;
pub mod histogram;
pub mod life;

pub use ages::{Age, Ages};
pub use axis::Axis;
pub use counted::Counted;
pub use histogram::Histogram;
pub use life::Life;

use super::scene::Scene;
use crate::train::RunConfig;
use std::sync::Arc;

/// Networks in training whose ages are kept at a time.
const KEPT_RUNS: usize = 4;

/// What tells a network in training, and the layer of it that is looked at, from others.
#[derive(Clone, PartialEq)]
struct Run {
    origin: String,
    config: Option<RunConfig>,
    layer: usize,
}

/// What a session knows of distributions.
#[derive(Default)]
pub struct Distributions {
    /// Those looked at last are the last.
    runs: Vec<(Run, Arc<Ages>)>,
    /// The lifetime in view.
    pub life: Life,
}

impl Distributions {
    /// A scene comes into view: it is told what the same network was like at other ages, and is one of them from now on.
    /// Where it `is_newest`, what was seen of later iterations belongs to a training that has been begun again.
    pub(super) fn keep(&mut self, scene: &mut Scene, is_newest: bool) {
        let run = Run { origin: scene.origin.clone(), config: scene.config.clone(), layer: scene.layer_index };
        let place = self.runs.iter().position(|(known, _)| *known == run);
        let before = place.map(|place| self.runs.remove(place).1).unwrap_or_default();
        let before = if is_newest { Arc::new(before.up_to(scene.iteration)) } else { before };
        scene.ages = Arc::new(before.with(Age { iteration: scene.iteration, counted: scene.counted.clone() }));
        self.runs.push((run, Arc::clone(&scene.ages)));
        if self.runs.len() > KEPT_RUNS {
            self.runs.remove(0);
        }
    }
}
