//! One agent in its maze, step by step, and what it remembers of its way.

use super::agent::{ACTIONS, Agent, draw};
use super::environment::{Environment, OBSERVATION, Turn};
use super::grid::{Action, Square};
use crate::data::Generator;
use crate::episode::{Behaviour, Event, EventKind, Intervention, Walk, What};
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
    /// Where the reward was at first.
    first_reward: [usize; 2],
    /// What somebody does to it or its maze, in the order of the steps.
    interventions: &'a [Intervention],
    /// What of it was impossible, in words.
    problem: Option<String>,
}

impl<'a> Walker<'a> {
    /// An agent at the beginning of its lifetime, alone in `environment`.
    pub fn new(agent: &'a Agent, environment: Environment, generator: Generator, is_recorded: bool) -> Self {
        let steps = environment.rules().steps;
        Self {
            squares: vec![place(environment.square(0))],
            first_reward: place(environment.reward_square(0)),
            observations: Vec::with_capacity(steps * OBSERVATION),
            actions: Vec::with_capacity(steps),
            turns: Vec::with_capacity(steps),
            drive: Vec::new(),
            probabilities: Vec::new(),
            agent,
            environment,
            generator,
            is_recorded,
            interventions: &[],
            problem: None,
        }
    }

    /// The same agent, to whom somebody will do something.
    pub fn with_interventions(self, interventions: &'a [Intervention]) -> Self {
        Self { interventions, ..self }
    }

    /// What was to be done to it and could not be, in words.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// What is done before its present step.
    fn done_now(&self) -> impl Iterator<Item = &'a What> + use<'a> {
        let step = self.actions.len();
        self.interventions.iter().filter(move |done| done.step == step).map(|done| &done.what)
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
        Behaviour {
            observations: self.observations,
            probabilities: self.probabilities,
            actions: self.actions,
            rewards: self.turns.iter().map(|turn| turn.reward).collect(),
            values,
            walk: Some(Walk { side, walls, reward: self.first_reward, squares: self.squares }),
        }
    }
}

impl Driver for Walker<'_> {
    fn drive(&mut self, drive: &mut [f32]) {
        for what in self.done_now() {
            if let What::MoveReward([row, column]) = *what
                && let Err(problem) = self.environment.move_reward(0, Square { row, column })
            {
                self.problem.get_or_insert(format!("step {}: {problem}", self.actions.len() + 1));
            }
        }
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
        // Drawn in any case: what follows has the same random numbers.
        let drawn = draw(&mut self.generator, probabilities);
        let forced = self.done_now().filter_map(|what| match what {
            What::Act(action) => Action::ALL.get(*action).copied(),
            _ => None,
        });
        let action = forced.last().unwrap_or(drawn);
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
