//! What has happened to an agent so far, in numbers.

use super::ways::{Way, actions_done, ways};
use crate::episode::Tape;
use crate::tasks::maze::grid::Action;

/// A lifetime until some step.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// What all actions before the step have brought; at the last step, which no other follows, its own too.
    pub reward: f32,
    /// How often the reward was found.
    pub found: usize,
    /// How many steps each way to the reward took.
    pub ways: Vec<usize>,
    /// How many it would have taken an agent that knows where the reward is.
    pub shortest: Vec<usize>,
    /// The last action, where it looks.
    pub heading: Option<Action>,
}

impl Story {
    /// What lies before step `at`; `None` for a lifetime without places.
    pub fn of(tape: &Tape, at: usize) -> Option<Self> {
        let behaviour = tape.content.behaviour()?;
        let at = at.min(behaviour.actions.len());
        let done = actions_done(at, behaviour.actions.len());
        let known: Vec<Way> = ways(tape)?.into_iter().filter(|way| way.is_found && way.end() <= done).collect();
        let heading = at.checked_sub(1).and_then(|before| Action::ALL.get(behaviour.actions[before]).copied());
        Some(Self {
            reward: behaviour.rewards[..done].iter().fold(0.0, |sum, reward| sum + reward),
            found: known.len(),
            ways: known.iter().map(|way| way.steps).collect(),
            shortest: known.iter().filter_map(|way| way.shortest).collect(),
            heading,
        })
    }
}
