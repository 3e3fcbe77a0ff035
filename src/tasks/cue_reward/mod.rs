//! Cue-reward association: which of some cues is the one that counts? (*Backpropamine*, section 4.1.)
//!
//! In every lifetime the cues are others, and one of them is the target. In each trial some are shown, then the agent
//! answers whether the target was among them; whether it was right, it sees one step later, and nothing else tells. It
//! learns across lifetimes by A2C ([`super::agent`]), and within a lifetime by its traces and its activity alone.
//!
//! | file | subject |
//! |---|---|
//! | here | the task: its settings |
//! | [`rules`] | the numbers of a lifetime, and how its trials are drawn |
//! | `world` | what an agent sees and gets |
//! | [`belief`] | which cue an agent takes for the target |
//! | `tally` | what an evaluation tells: right answers by trial |

use super::agent::{AgentPlan, Agents, settings};
use super::fields::{ALPHA, LR_EVERY, LR_FACTOR};
use super::settings::{Field, SettingError, Settings};
use super::{ActionName, Experiment, Goal, Measure, Preset, Purpose, Task};
use crate::episode::trials::MOST_CUES;
use crate::plastic::{AgentSize, Drive, Network, Recurrent};
use rules::Rules;
use world::Questions;

pub mod belief;
pub mod rules;
mod tally;
mod world;

/// Weights and plasticity coefficients of the recurrence begin as U(0, 1) times this, η as the other.
const INITIAL_SCALE: f32 = 0.01;
const INITIAL_ETA: f32 = 0.1;

/// The answers, by their numbers.
pub const NO: usize = 0;
/// See [`NO`].
pub const YES: usize = 1;

const ACTION_NAMES: [ActionName; 2] = [ActionName { name: "no", sign: 'n' }, ActionName { name: "yes", sign: 'y' }];

const FIELDS: &[Field] = &[
    Field::whole("cues", "cues", "", "different cues in one episode, one of them the target", 4, [2, MOST_CUES as i64]),
    Field::whole("bits", "cue size", "bits", "numbers of a cue", 20, [1, 1000]),
    Field::choice(
        "cue_kind",
        "kind of cues",
        "random ones in every episode, each number −1 or 1, or always the same, one-hot",
        &["random", "one_hot"],
    ),
    Field::whole("shown", "cues in a trial", "", "different cues that are shown before each question", 2, [1, 63]),
    Field::whole("blanks", "most blanks", "steps", "blank steps among the cues of a trial, at most", 3, [0, 100]),
    Field::whole(
        "steps",
        "episode length",
        "steps",
        "length of an episode, in which trials follow each other",
        120,
        [2, 10_000],
    ),
    Field::whole("neurons", "neurons", "", "recurrent neurons", 200, [1, 4000]),
    settings::NETWORK,
    Field::choice("rule", "plasticity rule", "how the trace is written", &["clip", "decay", "oja"]),
    Field::choice(
        "fan_out",
        "modulator",
        "one modulator for all neurons, or one of its own for each",
        &["scalar", "fan_out"],
    ),
    settings::CLIP.with_default(1.0),
    ALPHA,
    Field::real("lr", "learning rate", "learning rate of Adam", 1e-4, [0.0, 1.0]).of_training(),
    LR_EVERY,
    LR_FACTOR,
    settings::EPS.with_default(1e-6),
    settings::CLIP_NORM.with_default(2.0),
    settings::GAMMA,
    settings::PENALTY.with_default(0.1),
    settings::VALUE_WEIGHT,
    settings::BATCH,
];

/// The control of figure 4.
const PRESETS: &[Preset] = &[Preset {
    name: "figure-4-easy",
    summary: "figure 4: four cues that are always the same, one-hot, of 4 bits",
    settings: &[("cue_kind", "one_hot"), ("bits", "4")],
    iterations: USUAL,
}];

const NAME: &str = "cue_reward";

/// Iterations of the paper at most.
const USUAL: u64 = 200_000;

/// The task's line in the registry.
pub struct CueReward;

impl Task for CueReward {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "find out which of some cues is the target"
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

    /// One answer more or less.
    fn tolerance(&self, _settings: &Settings) -> f64 {
        1.0
    }

    fn network(&self, settings: &Settings) -> Result<Network, SettingError> {
        Ok(plan(settings, Rules::new(settings)?).network)
    }

    fn learned_from(&self, settings: &Settings) -> Option<String> {
        let (cues, bits) = (settings.whole("cues"), settings.whole("bits"));
        Some(match settings.choice("cue_kind") {
            "one_hot" => format!("{cues} one-hot cues of {bits} bits"),
            _ => format!("random cues of {bits} bits, {cues} in an episode"),
        })
    }

    fn actions(&self) -> &'static [ActionName] {
        &ACTION_NAMES
    }

    fn world(&self) -> &'static [&'static str] {
        &["cues", "cue_kind", "shown", "blanks", "steps"]
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }

    fn experiment(&self, settings: &Settings, purpose: Purpose) -> Result<Box<dyn Experiment>, SettingError> {
        let rules = Rules::new(settings)?;
        let plan = plan(settings, rules);
        settings::check_memory(&plan, purpose)?;
        Ok(Box::new(Agents::new(plan, Questions::new(rules))))
    }
}

/// The agents that the settings describe.
fn plan(settings: &Settings, rules: Rules) -> AgentPlan {
    let plasticity = settings::plasticity(settings);
    let recurrent = Recurrent { neurons: settings.whole("neurons"), drive: Drive::Add, plasticity };
    AgentPlan {
        network: Network::agent(recurrent, AgentSize { inputs: rules.inputs(), actions: ACTION_NAMES.len() }),
        steps: rules.steps,
        batch: settings.whole("batch"),
        constants: settings::constants(settings),
        optimiser: settings::optimiser(settings),
        initial_scale: INITIAL_SCALE,
        initial_eta: INITIAL_ETA,
    }
}
