//! The maze: find a hidden reward, remember where it is (*Differentiable plasticity*, section 4.5).
//!
//! An agent of `neurons` recurrent neurons sees the walls around it, its last reward and its last action
//! ([`environment`]); a policy chooses its next action, a value foresees what is still to come. It learns across
//! lifetimes by A2C ([`super::agent`]), and within a lifetime by its traces alone: where the reward hides is new in each.

use super::agent::{Agents, settings};
use super::fields::{ALPHA, LR_EVERY, LR_FACTOR, RULE};
use super::settings::{Field, SettingError, Settings};
use super::{ActionName, Experiment, Goal, Known, Measure, Preset, Purpose, Task};
use crate::plastic::Network;
use environment::GIVEN;
use grid::{ACTION_NAMES, Pillars};
use plan::Plan;
use world::Mazes;

pub mod baselines;
pub mod belief;
pub mod environment;
mod examples;
pub mod goals;
pub mod grid;
mod plan;
mod tally;
mod world;

pub use environment::{Environment, Rules};

/// An input that is withheld is zero in every step.
const INPUT: &[&str] = &[GIVEN, "withheld"];

const FIELDS: &[Field] = &[
    Field::whole("size", "maze size", "squares", "open squares along a side of the maze, an odd number", 9, [5, 21]),
    Field::whole(
        "steps",
        "episode length",
        "steps",
        "length of an episode; the paper has 250, its published code 200",
        200,
        [2, 10_000],
    ),
    Field::real("wall_penalty", "wall penalty", "what walking into a wall costs", 0.1, [0.0, 1000.0]),
    Field::real("reward", "reward", "what reaching the reward square pays", 10.0, [0.0, 1000.0]),
    Field::choice("input_walls", "input: walls", "whether the agent sees the 3 × 3 squares around it", INPUT),
    Field::choice(
        "input_reward",
        "input: last reward",
        "whether the agent is told what its last action brought",
        INPUT,
    ),
    Field::choice("input_action", "input: last action", "whether the agent is told its last action", INPUT),
    Field::choice("input_time", "input: time", "whether the agent is told how much of the episode has passed", INPUT),
    Field::whole("neurons", "neurons", "", "recurrent neurons", 100, [1, 4000]),
    settings::NETWORK,
    RULE,
    Field::choice(
        "fan_out",
        "modulator",
        "a modulator of its own for every neuron, or one for all",
        &["fan_out", "scalar"],
    ),
    settings::CLIP,
    ALPHA,
    Field::real("lr", "learning rate", "learning rate of Adam", 1e-4, [0.0, 1.0]).of_training(),
    LR_EVERY,
    LR_FACTOR,
    settings::EPS,
    settings::CLIP_NORM,
    settings::GAMMA,
    settings::PENALTY,
    settings::VALUE_WEIGHT,
    settings::BATCH,
    Field::whole(
        "withhold_goals",
        "withheld goals",
        "squares",
        "squares where the reward never is in training, and always is in tests; 0 withholds none",
        0,
        [0, 339],
    ),
    Field::choice(
        "pillars",
        "pillars",
        "on every other square as in the paper, or as many on other squares in every episode",
        Pillars::NAMES,
    ),
];

/// Iterations of a usual run.
const USUAL: u64 = 100_000;

/// The published mazes that are not the default one.
const PRESETS: &[Preset] = &[
    Preset {
        name: "maze-250",
        summary: "the length of the paper's episodes: 250 steps",
        settings: &[("steps", "250")],
        iterations: USUAL,
    },
    Preset {
        name: "maze-13",
        summary: "the maze of Backpropamine's figure: 13 × 13 squares with its wall, which costs nothing; traces within 1",
        settings: &[("size", "11"), ("wall_penalty", "0"), ("fan_out", "scalar"), ("rule", "clip"), ("clip", "1")],
        iterations: 200_000,
    },
];

const NAME: &str = "maze";

/// The task's line in the registry.
pub struct Maze;

impl Task for Maze {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "find a hidden reward in a maze, remember where it is"
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn usual_iterations(&self) -> u64 {
        USUAL
    }

    fn measure(&self) -> Measure {
        Measure::number("reward", "reward per episode", Goal::Higher)
    }

    /// Half of what one reward pays: a step or two into a wall is no harm, a reward less is.
    fn tolerance(&self, settings: &Settings) -> f64 {
        settings.real("reward") / 2.0
    }

    fn network(&self, settings: &Settings) -> Result<Network, SettingError> {
        Ok(Plan::new(settings, Purpose::Training)?.agent.network)
    }

    fn learned_from(&self, settings: &Settings) -> Option<String> {
        let (size, withheld) = (settings.whole("size"), settings.whole("withhold_goals"));
        let (mazes, goals) = match settings.choice("pillars") {
            "regular" => (format!("the maze of {size} × {size} squares"), "all its goals"),
            pillars => (format!("mazes of {size} × {size} squares with {pillars} pillars"), "all goals"),
        };
        let but = if withheld > 0 { format!(" but {withheld}") } else { String::new() };
        Some(format!("{mazes}, {goals}{but}"))
    }

    fn agent_inputs(&self) -> Option<usize> {
        Some(environment::OBSERVATION)
    }

    fn actions(&self) -> &'static [ActionName] {
        &ACTION_NAMES
    }

    fn world(&self) -> &'static [&'static str] {
        &[
            "size",
            "steps",
            "wall_penalty",
            "reward",
            "input_walls",
            "input_reward",
            "input_action",
            "input_time",
            "withhold_goals",
            "pillars",
        ]
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn experiment(&self, settings: &Settings, purpose: Purpose) -> Result<Box<dyn Experiment>, SettingError> {
        match purpose {
            Purpose::Training => mazes(settings, purpose, None),
            Purpose::Testing => self.test(settings, settings, Known::default()),
        }
    }

    fn test(
        &self,
        settings: &Settings,
        trained: &Settings,
        _known: Known<'_>,
    ) -> Result<Box<dyn Experiment>, SettingError> {
        mazes(settings, Purpose::Testing, Some(Plan::new(trained, Purpose::Training)?.rules))
    }
}

/// Agents in mazes of `settings`, to be tested where they were trained in those of `trained`.
fn mazes(settings: &Settings, purpose: Purpose, trained: Option<Rules>) -> Result<Box<dyn Experiment>, SettingError> {
    let Plan { rules, agent } = Plan::new(settings, purpose)?.within_memory(purpose)?;
    Ok(Box::new(Agents::new(agent, Mazes::new(rules, trained))))
}
