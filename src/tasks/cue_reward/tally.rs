//! What an evaluation tells of answers: how many are right, and which trial of a lifetime they belong to.

use crate::episode::Tape;
use crate::tasks::tally::{Finding, Tally};

/// So many trials of a lifetime are told of one by one at most.
const MOST_TRIALS: usize = 100;

/// From this one on, counted from 0, a network that has learned to learn knows the target.
const KNOWN: usize = 3;

/// Answers in the lifetimes of an evaluation.
pub(super) struct Answers {
    /// How many a lifetime can have.
    pub(super) trials: usize,
    /// The step before which somebody does something first.
    pub(super) since: Option<usize>,
}

impl Tally for Answers {
    fn judge(&mut self, tape: &Tape) -> Vec<Finding> {
        let Some(behaviour) = tape.content.behaviour() else { return Vec::new() };
        let Some(trials) = &behaviour.trials else { return Vec::new() };
        let answers: Vec<(usize, bool)> = trials.goes().map(|step| (step, behaviour.rewards[step] > 0.0)).collect();
        let part = |of: &dyn Fn(usize, usize) -> bool| {
            let some = answers.iter().enumerate().filter(|(trial, (step, _))| of(*trial, *step));
            let (count, right) =
                some.fold((0, 0), |(count, right), (_, (_, is_right))| (count + 1, right + usize::from(*is_right)));
            (count > 0).then(|| f64::from(right as u32) / f64::from(count as u32))
        };
        let is_yes = |step: &usize| {
            let target = tape.target_cue(*step);
            target.is_some_and(|target| trials.is_yes_right(*step, target))
        };
        let yes = trials.goes().filter(is_yes).count();
        let by_trial = (0..self.trials.min(MOST_TRIALS)).map(|trial| answers.get(trial).map(|(_, is_right)| *is_right));
        let mut findings = vec![
            Finding::number("accuracy", "part of the answers that are right", part(&|_, _| true)),
            Finding::number("accuracy_after_third", "of those after the third trial", part(&|trial, _| trial >= KNOWN)),
            Finding::shares("accuracy_by_trial", "of each trial of the episode, the first first", by_trial.collect()),
            Finding::number("trials", "trials in an episode", Some(answers.len() as f64)),
        ];
        if let Some(since) = self.since {
            findings.push(Finding::number(
                "accuracy_since",
                "of those from the first intervention on",
                part(&|_, step| step >= since),
            ));
        }
        let share = (!answers.is_empty()).then(|| f64::from(yes as u32) / f64::from(answers.len() as u32));
        findings.push(Finding::baseline("always_yes", "right answers of one that always says yes", share));
        findings
    }
}
