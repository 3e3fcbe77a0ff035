//! Ways to the reward: from where an agent was put until it found it.

use crate::episode::Tape;
use crate::tasks::maze::baselines::distances_to;
use crate::tasks::maze::grid::{Action, Square};
use std::collections::BTreeMap;

/// How many actions of a lifetime of `steps` are behind it at step `at`: those before the step, and at the last one, which no
/// other follows, its own too.
pub fn actions_done(at: usize, steps: usize) -> usize {
    if at + 1 >= steps { steps } else { at }
}

/// One way, from the first step of a lifetime or after a reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Its first step.
    pub start: usize,
    /// How many steps it took, the one that found the reward among them.
    pub steps: usize,
    /// The fewest steps in which an agent that knows where the reward is gets there; `None` where no path leads there.
    pub shortest: Option<usize>,
    /// Whether it ended at the reward and not with the lifetime.
    pub is_found: bool,
}

impl Way {
    /// The step after its last one.
    pub fn end(&self) -> usize {
        self.start + self.steps
    }

    /// How much of it lies before step `at`.
    pub fn until(&self, at: usize) -> usize {
        at.clamp(self.start, self.end()) - self.start
    }

    /// The shortest path against the steps taken, 1 where none is shorter; `None` where the reward was not found.
    pub fn efficiency(&self) -> Option<f64> {
        Some(self.shortest.filter(|_| self.is_found)? as f64 / self.steps as f64)
    }
}

/// All ways of a lifetime one after the other, which together have as many steps as it; the last one may not have found
/// anything. Paths lead to where the reward is when a way ends. `None` for a lifetime without places.
pub fn ways(tape: &Tape) -> Option<Vec<Way>> {
    let (behaviour, walk) = tape.content.behaviour().zip(tape.content.walk())?;
    let count = behaviour.actions.len();
    let (mut ways, mut start) = (Vec::new(), 0);
    let (mut hidden, mut distances) = (None, BTreeMap::new());
    for (step, &action) in behaviour.actions.iter().enumerate() {
        let reward = square(tape.reward_square(step)?);
        let is_found =
            Action::ALL.get(action).is_some_and(|&action| square(walk.squares[step]).beside(action) == reward);
        if !is_found && step + 1 < count {
            continue;
        }
        if hidden != Some(reward) {
            hidden = Some(reward);
            distances = distances_to(reward, |square| walk.is_wall([square.row, square.column]));
        }
        let from = square(walk.squares[start]);
        // Whoever stands on the reward has to leave it and come back.
        let shortest = if from == reward { Some(2) } else { distances.get(&from).copied() };
        ways.push(Way { start, steps: step + 1 - start, shortest, is_found });
        start = step + 1;
    }
    Some(ways)
}

fn square([row, column]: [usize; 2]) -> Square {
    Square { row, column }
}
