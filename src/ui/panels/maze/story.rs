//! What has happened to an agent so far, in numbers.

use crate::episode::{Behaviour, Walk};
use crate::tasks::maze::baselines::distances_to;
use crate::tasks::maze::grid::{Action, Square};

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
    pub fn of(behaviour: &Behaviour, at: usize) -> Option<Self> {
        let walk = behaviour.walk.as_ref()?;
        let distances = distances_to(square(walk.reward), |square| walk.is_wall([square.row, square.column]));
        let mut story = Self { reward: 0.0, found: 0, ways: Vec::new(), shortest: Vec::new(), heading: None };
        let mut began = 0;
        for step in 0..at.min(behaviour.actions.len()) {
            story.reward += behaviour.rewards[step];
            story.heading = Action::ALL.get(behaviour.actions[step]).copied();
            if has_found(walk, step, story.heading) {
                story.found += 1;
                story.ways.push(step + 1 - began);
                story.shortest.extend(distances.get(&square(walk.squares[began])));
                began = step + 1;
            }
        }
        Some(story)
    }
}

/// Whether the action of a step led onto the reward square.
fn has_found(walk: &Walk, step: usize, action: Option<Action>) -> bool {
    action.is_some_and(|action| square(walk.squares[step]).beside(action) == square(walk.reward))
}

fn square([row, column]: [usize; 2]) -> Square {
    Square { row, column }
}
