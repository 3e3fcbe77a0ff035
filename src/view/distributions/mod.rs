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

use super::background::{Errand, Wake};
use super::scene::{self, Scene};
use super::training::Training;
use crate::train::RunConfig;
use std::sync::Arc;

/// Networks in training whose ages are kept at a time.
const KEPT_RUNS: usize = 4;

/// A network that trains unseen is counted again when it has gone through this much more iterations.
const FURTHER: f64 = 1.1;

/// What tells a network in training, and the layer of it that is looked at, from others.
#[derive(Clone, PartialEq)]
struct Run {
    origin: String,
    config: Option<RunConfig>,
    layer: usize,
}

impl Run {
    fn of(scene: &Scene) -> Self {
        Self { origin: scene.origin.clone(), config: scene.config.clone(), layer: scene.layer_index }
    }
}

/// What a session knows of distributions.
#[derive(Default)]
pub struct Distributions {
    /// Those looked at last are the last.
    runs: Vec<(Run, Arc<Ages>)>,
    /// The lifetime in view.
    pub life: Life,
    /// A network that trains while something else is looked at, being counted.
    aside: Option<Errand<Option<(Run, Age)>>>,
}

impl Distributions {
    /// A scene comes into view: it is told what the same network was like at other ages, and is one of them from now on.
    /// Where it `is_newest`, what was seen of later iterations belongs to a training that has been begun again.
    pub(super) fn keep(&mut self, scene: &mut Scene, is_newest: bool) {
        let run = Run::of(scene);
        let before = self.ages_of(&run).map(Arc::clone).unwrap_or_default();
        let before = if is_newest { Arc::new(before.up_to(scene.iteration)) } else { before };
        let age = Age { iteration: scene.iteration, counted: scene.counted.clone() };
        scene.ages = self.put(run, &before, age);
    }

    fn ages_of(&self, run: &Run) -> Option<&Arc<Ages>> {
        self.runs.iter().find(|(known, _)| known == run).map(|(_, ages)| ages)
    }

    fn put(&mut self, run: Run, before: &Ages, age: Age) -> Arc<Ages> {
        let ages = Arc::new(before.with(age));
        self.runs.retain(|(known, _)| *known != run);
        self.runs.push((run, Arc::clone(&ages)));
        if self.runs.len() > KEPT_RUNS {
            self.runs.remove(0);
        }
        ages
    }

    /// The run of this window trains while the view is held or shows something else: its network is counted now and then
    /// on a thread of its own, and nothing comes into view.
    pub(super) fn count_aside(&mut self, training: &Training, wake: &Wake) {
        if self.aside.is_some() || !training.is_active() {
            return;
        }
        let run = Run { origin: training.title(), config: training.config().cloned(), layer: 0 };
        let last = self.ages_of(&run).and_then(|ages| ages.all().last()).map_or(0, |age| age.iteration);
        let is_due = |iteration: u64| iteration > last && iteration as f64 >= FURTHER * last as f64;
        if !is_due(training.iteration()) {
            return;
        }
        let due = training.snapshot().filter(|(snapshot, _)| is_due(snapshot.iteration));
        let Some((snapshot, config)) = due else { return };
        let origin = training.title();
        let aside = Errand::start("hebbscope-distributions", wake, move |_| {
            let prepared = scene::from_snapshot(origin, config, snapshot);
            // A snapshot that fits nothing is told of when it is to come into view.
            prepared.ok().map(|prepared| {
                let scene = prepared.scene;
                (Run::of(&scene), Age { iteration: scene.iteration, counted: scene.counted })
            })
        });
        // Without a thread there is a ridge less.
        self.aside = aside.ok();
    }

    /// Takes in what was counted aside; a scene of the same network learns of it.
    pub(super) fn update(&mut self, scene: Option<&mut Scene>) {
        self.life.update();
        let Some(counted) = self.aside.as_ref().and_then(Errand::answer) else { return };
        self.aside = None;
        let Some((run, age)) = counted.unwrap_or_default() else { return };
        let before = self.ages_of(&run).map(Arc::clone).unwrap_or_default();
        let scene = scene.filter(|scene| Run::of(scene) == run);
        let ages = self.put(run, &before, age);
        if let Some(scene) = scene {
            scene.ages = ages;
        }
    }
}
