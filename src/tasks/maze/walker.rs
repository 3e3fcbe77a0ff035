//! One agent in its maze, step by step, and what it remembers of its way.

use super::agent::{ACTIONS, Agent, draw};
use super::environment::{Environment, OBSERVATION, Turn};
use super::grid::Square;
use crate::data::Generator;
use crate::episode::{Behaviour, Event, EventKind, Walk};
use crate::plastic::lifetime::Driver;

/// An agent that walks through one lifetime.
pub struct Walker<'a> {
    agent: &'a Agent,
    environment: Environment,
    generator: Generator,
    /// Whether everything is kept that a tape needs.
    is_recorded: bool,
    /// What it saw, `[T, I]`.
    pub observations: Vec<f32>,
    /// The numbers of its actions.
    pub actions: Vec<usize>,
    /// What they came to.
    pub turns: Vec<Turn>,
    /// What drove its neurons, `[T, N]`; empty unless recorded.
    pub drive: Vec<f32>,
    probabilities: Vec<f32>,
    squares: Vec<[usize; 2]>,
}

impl<'a> Walker<'a> {
    /// An agent at the beginning of its lifetime, alone in `environment`.
    pub fn new(agent: &'a Agent, environment: Environment, generator: Generator, is_recorded: bool) -> Self {
        let steps = environment.rules().steps;
        Self {
            squares: vec![place(environment.square(0))],
            observations: Vec::with_capacity(steps * OBSERVATION),
            actions: Vec::with_capacity(steps),
            turns: Vec::with_capacity(steps),
            drive: Vec::new(),
            probabilities: Vec::new(),
            agent,
            environment,
            generator,
            is_recorded,
        }
    }

    /// The whole lifetime's reward.
    pub fn reward(&self) -> f32 {
        self.turns.iter().map(|turn| turn.reward).sum()
    }

    /// What happened when.
    pub fn events(&self) -> Vec<Event> {
        let steps = self.turns.len();
        let mut events = Vec::new();
        for (start, turn) in self.turns.iter().enumerate() {
            let mut note = |kind, start| events.push(Event { kind, start, steps: 1, index: None });
            if turn.bumped {
                note(EventKind::Bump, start);
            }
            if turn.found {
                note(EventKind::Reward, start);
                if start + 1 < steps {
                    // The first step elsewhere.
                    note(EventKind::Teleport, start + 1);
                }
            }
        }
        events.sort_by_key(|event| event.start);
        events
    }

    /// What a tape keeps; `values` are the returns that it foresaw.
    pub fn behaviour(self, values: Vec<f32>) -> Behaviour {
        let grid = self.environment.grid();
        let side = grid.side();
        let walls = (0..side * side).map(|at| grid.is_wall(Square { row: at / side, column: at % side })).collect();
        let reward = place(self.environment.reward_square(0));
        Behaviour {
            observations: self.observations,
            probabilities: self.probabilities,
            actions: self.actions,
            rewards: self.turns.iter().map(|turn| turn.reward).collect(),
            values,
            walk: Some(Walk { side, walls, reward, squares: self.squares }),
        }
    }
}

impl Driver for Walker<'_> {
    fn drive(&mut self, drive: &mut [f32]) {
        let mut seen = [0.0; OBSERVATION];
        self.environment.observe(&mut seen);
        self.observations.extend_from_slice(&seen);
        self.agent.drive(&seen, drive);
        if self.is_recorded {
            self.drive.extend_from_slice(drive);
        }
    }

    fn take(&mut self, activity: &[f32]) {
        let probabilities: [f32; ACTIONS] = self.agent.probabilities(activity);
        let action = draw(&mut self.generator, probabilities);
        self.turns.extend(self.environment.act(&[action]));
        self.actions.push(action as usize);
        if self.is_recorded {
            self.probabilities.extend(probabilities);
            self.squares.push(place(self.environment.square(0)));
        }
    }
}

fn place(square: Square) -> [usize; 2] {
    [square.row, square.column]
}
