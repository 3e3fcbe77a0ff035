//! One agent in its world, step by step, and what it remembers of its way.

use super::heads::{Heads, draw};
use super::world::World;
use crate::data::Generator;
use crate::episode::{Behaviour, Intervention, What};
use crate::plastic::lifetime::Driver;

/// An agent that goes through one lifetime.
pub struct Life<'a, W> {
    heads: &'a Heads,
    /// Where it lives.
    pub world: W,
    generator: Generator,
    /// Whether everything is kept that a tape needs.
    is_recorded: bool,
    /// What it saw, `[T, I]`.
    pub observations: Vec<f32>,
    /// The numbers of its actions.
    pub actions: Vec<usize>,
    /// What they brought.
    pub rewards: Vec<f32>,
    /// What drove its neurons, `[T, N]`; empty unless recorded.
    pub drive: Vec<f32>,
    /// `[T, A]`; empty unless recorded.
    probabilities: Vec<f32>,
    /// Those of the present step.
    now: Vec<f32>,
    /// What it sees in the present step.
    seen: Vec<f32>,
    /// What somebody does to it or its world, in the order of the steps.
    interventions: &'a [Intervention],
    /// What of it was impossible, in words.
    problem: Option<String>,
}

impl<'a, W: World> Life<'a, W> {
    /// An agent at the beginning of a lifetime of `steps` in `world`, to which somebody will do `interventions`.
    pub fn new(
        heads: &'a Heads,
        (world, generator): (W, Generator),
        steps: usize,
        is_recorded: bool,
        interventions: &'a [Intervention],
    ) -> Self {
        Self {
            observations: Vec::with_capacity(steps * heads.inputs()),
            actions: Vec::with_capacity(steps),
            rewards: Vec::with_capacity(steps),
            drive: Vec::new(),
            probabilities: Vec::new(),
            now: vec![0.0; heads.actions()],
            seen: vec![0.0; heads.inputs()],
            heads,
            world,
            generator,
            is_recorded,
            interventions,
            problem: None,
        }
    }

    /// What was to be done to it and could not be, in words.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// What is done before its present step.
    fn done_now(&self) -> impl Iterator<Item = &'a What> + use<'a, W> {
        let step = self.actions.len();
        self.interventions.iter().filter(move |done| done.step == step).map(|done| &done.what)
    }

    /// The whole lifetime's reward.
    pub fn reward(&self) -> f32 {
        self.rewards.iter().sum()
    }

    /// What a tape keeps; `values` are the returns that it foresaw.
    pub fn behaviour(self, values: Vec<f32>) -> Behaviour {
        Behaviour {
            walk: self.world.walk(),
            trials: self.world.trials(),
            observations: self.observations,
            probabilities: self.probabilities,
            actions: self.actions,
            rewards: self.rewards,
            values,
        }
    }
}

impl<W: World> Driver for Life<'_, W> {
    fn drive(&mut self, drive: &mut [f32]) {
        for what in self.done_now() {
            if let Err(problem) = self.world.suffer(what) {
                self.problem.get_or_insert(format!("step {}: {problem}", self.actions.len() + 1));
            }
        }
        self.world.observe(&mut self.seen);
        self.observations.extend_from_slice(&self.seen);
        self.heads.drive(&self.seen, drive);
        if self.is_recorded {
            self.drive.extend_from_slice(drive);
        }
    }

    fn take(&mut self, activity: &[f32]) {
        self.heads.probabilities(activity, &mut self.now);
        // Drawn in any case: what follows has the same random numbers.
        let drawn = draw(&mut self.generator, &self.now);
        let forced = self.done_now().filter_map(|what| match what {
            What::Act(action) => Some(*action),
            _ => None,
        });
        let action = forced.last().unwrap_or(drawn);
        self.rewards.push(self.world.act(action));
        self.actions.push(action);
        if self.is_recorded {
            self.probabilities.extend_from_slice(&self.now);
        }
    }
}
