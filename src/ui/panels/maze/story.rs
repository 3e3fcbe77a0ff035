//! What has happened to an agent so far, in numbers.

use crate::episode::Tape;
use crate::tasks::maze::baselines::distances_to;
use crate::tasks::maze::grid::{Action, Square};
use std::collections::BTreeMap;

/// A lifetime until some step.
#[derive(Clone, Debug, PartialEq)]
pub struct Story {
    /// What all actions before the step have brought.
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
        let (behaviour, walk) = tape.content.behaviour().zip(tape.content.walk())?;
        let mut story = Self { reward: 0.0, found: 0, ways: Vec::new(), shortest: Vec::new(), heading: None };
        let mut began = 0;
        let (mut hidden, mut distances) = (None, BTreeMap::new());
        for step in 0..at.min(behaviour.actions.len()) {
            let reward = square(tape.reward_square(step)?);
            if hidden != Some(reward) {
                hidden = Some(reward);
                distances = distances_to(reward, |square| walk.is_wall([square.row, square.column]));
            }
            story.reward += behaviour.rewards[step];
            story.heading = Action::ALL.get(behaviour.actions[step]).copied();
            if story.heading.is_some_and(|action| square(walk.squares[step]).beside(action) == reward) {
                story.found += 1;
                story.ways.push(step + 1 - began);
                story.shortest.extend(distances.get(&square(walk.squares[began])));
                began = step + 1;
            }
        }
        Some(story)
    }
}

fn square([row, column]: [usize; 2]) -> Square {
    Square { row, column }
}
