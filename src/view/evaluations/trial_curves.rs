//! The learning curve inside a life: which part of many episodes the network in view is right in, trial by trial.

use super::per_network::Inquiry;
use super::{EPISODES, EvaluatedNetwork};
use crate::tasks::tally::Mean;
use crate::train::evaluate::{self, Entry, Evaluation, Lives, Means, Protocol};

/// A trial is told of that one of so many episodes has.
const FEWEST: u64 = 10;

/// Right answers in many episodes.
#[derive(Clone, Debug, PartialEq)]
pub struct TrialCurve {
    /// Of each trial, the first first: one where an answer was right, zero where it was wrong.
    pub by_trial: Vec<Mean>,
    /// What one that always says yes would come to.
    pub always_yes: Option<f64>,
    /// Iterations that the network had behind it.
    pub iteration: u64,
}

impl TrialCurve {
    /// What an evaluation tells; `None` where it is of no trials.
    pub fn of(found: &Evaluation, iteration: u64) -> Option<Self> {
        let Means::List(by_trial) = &found.entry("accuracy_by_trial")?.means else { return None };
        // Not every episode has as many trials; of the last ones too few have them to tell anything.
        let enough = by_trial.first().map_or(0, Mean::count).div_ceil(FEWEST).max(1);
        let by_trial = by_trial.iter().take_while(|trial| trial.count() >= enough).copied().collect();
        Some(Self { by_trial, always_yes: found.entry("always_yes").and_then(Entry::mean), iteration })
    }
}

impl Inquiry for TrialCurve {
    const THREAD: &'static str = "hebbscope-trials";

    fn find(network: &EvaluatedNetwork, progress: &dyn Fn(usize) -> bool) -> anyhow::Result<Self> {
        let protocol = Protocol { lives: Lives::Seeds(0..EPISODES), interventions: Vec::new(), lesions: Vec::new() };
        let mut done = 0;
        let found = evaluate::evaluate(network.specimen(), &protocol, |_| {
            done += 1;
            progress(done)
        })?;
        Self::of(&found, network.iteration).ok_or_else(|| anyhow::anyhow!("its episodes have no trials"))
    }
}
