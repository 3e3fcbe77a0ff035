//! The maze itself: open squares inside a wall, pillars, one hidden reward square (*Differentiable plasticity*,
//! section 4.5). Pillars are on every other square, as in the paper, or elsewhere in every lifetime ([`Pillars`]).
//!
//! An agent walks up, right, left or down. Walking into a wall or a pillar costs something and moves
//! nobody; reaching the reward square pays, and the agent finds itself on a random other square. The reward square
//! stays where it is for the whole lifetime, and is nothing that an agent can see: it learns of it by the reward, one
//! step late.
//!
//! What an agent sees in one step, [`OBSERVATION`] numbers:
//!
//! | places | what |
//! |---|---|
//! | [`WALLS`] | the 3 × 3 squares around it row by row, one where there is a wall or a pillar |
//! | [`LAST_REWARD`] | what its last action brought |
//! | [`LAST_ACTION`] | its last action, one-hot in the order of [`Action::ALL`]; zeros in the first step |
//! | [`TIME`] | the part of the lifetime that lies behind |
//! | [`BIAS`] | one |
//!
//! What is not among an agent's [`Inputs`] is zero for it.

use super::goals::Goals;
use super::grid::{Action, Grid, Pillars, Square};
use crate::data::Generator;
use crate::tasks::settings::{SettingError, Settings};
use rand::Rng as _;
use std::ops::Range;

/// Where an agent sees the squares around it.
pub const WALLS: Range<usize> = 0..9;
/// Where it sees its last reward.
pub const LAST_REWARD: usize = 9;
/// Where it sees its last action.
pub const LAST_ACTION: Range<usize> = 10..14;
/// Where it sees how much of its lifetime has passed.
pub const TIME: usize = 14;
/// Where a one stands.
pub const BIAS: usize = 15;
/// How many numbers an agent sees.
pub const OBSERVATION: usize = 16;

/// What an agent is given to see, beside the one that is always one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inputs {
    /// The squares around it.
    pub walls: bool,
    /// What its last action brought.
    pub reward: bool,
    /// Its last action.
    pub action: bool,
    /// How much of its lifetime has passed.
    pub time: bool,
}

impl Default for Inputs {
    /// Everything, as in the paper.
    fn default() -> Self {
        Self::ALL
    }
}

/// The word for an input that an agent has.
pub const GIVEN: &str = "given";

impl Inputs {
    /// Everything that there is.
    pub const ALL: Self = Self { walls: true, reward: true, action: true, time: true };

    /// Those that the settings of a run say; everything that they say nothing of is given.
    pub fn of(settings: &Settings) -> Self {
        let has = |key: &str| settings.iter().all(|(field, value)| field.key != key || value == GIVEN);
        Self {
            walls: has("input_walls"),
            reward: has("input_reward"),
            action: has("input_action"),
            time: has("input_time"),
        }
    }
}

/// The numbers of a maze.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Open squares along a side, odd.
    pub size: usize,
    /// T.
    pub steps: usize,
    /// What walking into a wall costs.
    pub wall_penalty: f32,
    /// What the reward square pays.
    pub reward: f32,
    /// What an agent is given to see.
    pub inputs: Inputs,
    /// Where the reward hides.
    pub goals: Goals,
    /// Where pillars stand.
    pub pillars: Pillars,
}

impl Rules {
    /// Checks that there is such a maze.
    ///
    /// # Errors
    /// When the size is even or out of bounds, no goal is left to training, a lifetime has no step, or a number is not
    /// finite.
    pub fn check(&self) -> Result<(), SettingError> {
        Grid::new(self.size)?;
        self.goals.check(self.size)?;
        let refuse = |key: &str, expected: &str, found: String| {
            Err(SettingError::Value { key: key.into(), expected: expected.into(), found })
        };
        if self.steps == 0 {
            return refuse("steps", "an episode of at least one step", self.steps.to_string());
        }
        for (key, value) in [("wall_penalty", self.wall_penalty), ("reward", self.reward)] {
            if !value.is_finite() {
                return refuse(key, "a finite number", value.to_string());
            }
        }
        Ok(())
    }
}

/// One agent in its maze.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Agent {
    grid: Grid,
    reward_square: Square,
    square: Square,
    last_action: Option<Action>,
    last_reward: f32,
}

/// What one action of one agent came to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Turn {
    /// What it brought: the reward, less the wall's penalty.
    pub reward: f32,
    /// Whether it walked into a wall.
    pub bumped: bool,
    /// Whether it reached the reward square, and is elsewhere now.
    pub found: bool,
}

/// A batch of mazes of the same rules, each with pillars, a reward square and an agent of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct Environment {
    rules: Rules,
    generator: Generator,
    agents: Vec<Agent>,
    step: usize,
}

impl Environment {
    /// `batch` agents, each in the centre of a maze with a reward square drawn at random among the goals of the rules,
    /// never the centre. Random pillars are drawn after it, and leave it open.
    ///
    /// # Errors
    /// When there are no such mazes.
    pub fn new(rules: Rules, batch: usize, mut generator: Generator) -> Result<Self, SettingError> {
        rules.check()?;
        let hidden = rules.goals.squares(rules.size, rules.pillars);
        let agents = (0..batch)
            .map(|_| {
                let reward_square = hidden[generator.random_range(0..hidden.len())];
                let grid = match rules.pillars {
                    Pillars::Regular => Grid::regular(rules.size),
                    Pillars::Random => Grid::random(rules.size, reward_square, &mut generator),
                };
                Agent { grid, reward_square, square: grid.centre(), last_action: None, last_reward: 0.0 }
            })
            .collect();
        Ok(Self { rules, generator, agents, step: 0 })
    }

    /// The numbers of the maze.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// The walls and pillars around an agent.
    pub fn grid(&self, agent: usize) -> &Grid {
        &self.agents[agent].grid
    }

    /// How many agents.
    pub fn batch(&self) -> usize {
        self.agents.len()
    }

    /// How many steps lie behind.
    pub fn step(&self) -> usize {
        self.step
    }

    /// Where an agent stands.
    pub fn square(&self, agent: usize) -> Square {
        self.agents[agent].square
    }

    /// The reward square of an agent.
    pub fn reward_square(&self, agent: usize) -> Square {
        self.agents[agent].reward_square
    }

    /// Hides the reward of an agent elsewhere.
    ///
    /// # Errors
    /// With a sentence when there is a wall.
    pub fn move_reward(&mut self, agent: usize, to: Square) -> Result<(), String> {
        if self.grid(agent).is_wall(to) {
            let Square { row, column } = to;
            return Err(format!("expected an open square for the reward, found a wall on square ({column}, {row})"));
        }
        self.agents[agent].reward_square = to;
        Ok(())
    }

    /// Writes what every agent sees into `observations`, `[B, OBSERVATION]` row major.
    ///
    /// # Panics
    /// When `observations` has another size.
    pub fn observe(&self, observations: &mut [f32]) {
        assert_eq!(observations.len(), self.batch() * OBSERVATION, "every agent sees as many numbers");
        let inputs = self.rules.inputs;
        observations.fill(0.0);
        for (agent, seen) in self.agents.iter().zip(observations.chunks_exact_mut(OBSERVATION)) {
            if inputs.walls {
                for (seen, square) in seen[WALLS].iter_mut().zip(agent.square.surroundings()) {
                    *seen = if agent.grid.is_wall(square) { 1.0 } else { 0.0 };
                }
            }
            if inputs.reward {
                seen[LAST_REWARD] = agent.last_reward;
            }
            if let Some(action) = agent.last_action.filter(|_| inputs.action) {
                seen[LAST_ACTION.start + action as usize] = 1.0;
            }
            if inputs.time {
                seen[TIME] = self.step as f32 / self.rules.steps as f32;
            }
            seen[BIAS] = 1.0;
        }
    }

    /// Every agent acts; what each action came to.
    ///
    /// # Panics
    /// When there are more or fewer actions than agents.
    pub fn act(&mut self, actions: &[Action]) -> Vec<Turn> {
        assert_eq!(actions.len(), self.batch(), "every agent acts");
        self.step += 1;
        let (rules, generator) = (self.rules, &mut self.generator);
        let turns = self.agents.iter_mut().zip(actions).map(|(agent, &action)| {
            let ahead = agent.square.beside(action);
            let bumped = agent.grid.is_wall(ahead);
            if !bumped {
                agent.square = ahead;
            }
            // Standing on the reward finds nothing: an agent under whom it was hidden has to come back.
            let found = !bumped && agent.square == agent.reward_square;
            let reward = if found { rules.reward } else { 0.0 } - if bumped { rules.wall_penalty } else { 0.0 };
            if found {
                let others = agent.grid.open_squares(|square| square != agent.reward_square);
                agent.square = others[generator.random_range(0..others.len())];
            }
            (agent.last_action, agent.last_reward) = (Some(action), reward);
            Turn { reward, bumped, found }
        });
        turns.collect()
    }
}

#[cfg(test)]
mod tests;
