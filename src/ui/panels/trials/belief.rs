//! What the agent in view would answer to each cue, in every trial and at the step in view.

use crate::episode::{Reel, Tape, Trials};
use crate::plastic::Parameters;
use crate::tasks::cue_reward::belief::{STEPS, beliefs};
use crate::view::session::Session;
use std::ops::Range;
use std::sync::Arc;

/// Connections that are gone through within a frame: of all trials once for a lifetime, of one step whenever that changes.
const AFFORDABLE: usize = 40_000_000;

/// How likely yes would be to each cue alone, `[cues]`; empty where that cannot be said.
type Yes = Vec<f32>;

/// What is known of the lifetime in view.
pub(super) struct Belief {
    scene: u64,
    reel: Reel,
    /// Of each trial as it begins: its steps, and what the agent would answer.
    pub trials: Vec<(Range<usize>, Yes)>,
    /// Connections that are gone through to know of one step.
    cost: usize,
    step: usize,
    /// At the step in view.
    pub now: Yes,
}

impl Belief {
    /// What is known of the lifetime in view at the step in view, from what was known before.
    pub fn of(session: &Session, known: Option<Self>) -> Option<Self> {
        let (scene, at) = (session.scene()?, session.clock.at());
        let trials = scene.tape().content.behaviour()?.trials.as_ref()?;
        let parameters = &scene.parameters;
        let known = known.filter(|known| known.scene == scene.identity());
        let mut known = known.unwrap_or_else(|| Self::begin(scene.identity(), scene.tape(), trials, parameters));
        if known.step != at && known.cost <= AFFORDABLE {
            known.step = at;
            known.now = beliefs(parameters, &mut known.reel, at).unwrap_or_default();
        }
        Some(known)
    }

    fn begin(scene: u64, tape: &Arc<Tape>, trials: &Trials, parameters: &Parameters) -> Self {
        let layer = tape.recurrent_layer().unwrap_or_default();
        let mut reel = Reel::new(Arc::clone(tape), layer);
        let mut starts: Vec<usize> = (0..tape.steps).filter(|step| trials.trial_start(*step) == *step).collect();
        let cost = STEPS.saturating_mul(trials.cues.len()).saturating_mul(tape.neurons().pow(2));
        if cost.saturating_mul(starts.len()) > AFFORDABLE {
            starts.clear();
        }
        starts.push(tape.steps);
        let of_trial = |span: &[usize]| {
            let answers = beliefs(parameters, &mut reel, span[0]).unwrap_or_default();
            (span[0]..span[1], answers)
        };
        let trials = starts.windows(2).map(of_trial).collect();
        Self { scene, reel, trials, cost, step: usize::MAX, now: Vec::new() }
    }
}
