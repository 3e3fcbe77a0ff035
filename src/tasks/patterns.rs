//! Binary patterns: remember five, complete one from half (*Differentiable plasticity*, section 4.1).
//!
//! [Recall](super::recall) of random patterns of `size` bits, one of them with a fraction of its bits blanked; also by the
//! networks that figure 3 compares (section 4.2).

use super::fields::{ALPHA, LR_EVERY, LR_FACTOR, RULE};
use super::presets::Preset;
use super::recall::{self, CellKind, Cells, Examples, Plan, Recall, Score};
use super::settings::{Field, SettingError, Settings};
use super::{Experiment, Goal, Measure, Purpose, Task, Unit};
use crate::data::{Generator, patterns};
use crate::episode::Question;
use crate::plastic::{Drive, Network};

const FIELDS: &[Field] = &[
    Field::whole(
        "size",
        "pattern size",
        "bits",
        "elements of a pattern; a network of neurons has one more, its bias",
        1000,
        [2, 4000],
    ),
    Field::whole("count", "stored patterns", "", "patterns to remember in one episode", 5, [1, 100]),
    Field::whole("show_steps", "presentation", "steps", "how long a pattern is shown", 10, [1, 1000]),
    Field::whole("gap_steps", "gap", "steps", "silence after each pattern", 3, [0, 1000]),
    Field::whole("rounds", "rounds", "", "how often every pattern is shown", 3, [1, 100]),
    Field::whole("probe_steps", "probe", "steps", "how long the blanked pattern is shown", 10, [1, 1000]),
    Field::real("blank_fraction", "blanked fraction", "part of the probe that is blanked", 0.5, [0.0, 1.0]),
    Field::choice(
        "balance",
        "balance",
        "whether each bit is drawn by itself, or a pattern has as many +1 as −1",
        &["independent", "balanced"],
    ),
    Field::choice(
        "network",
        "network",
        "neurons with a trace, the same network without, or LSTM cells without",
        &["plastic", "non_plastic", "lstm"],
    ),
    Field::whole(
        "hidden",
        "hidden neurons",
        "",
        "neurons, or LSTM cells, beyond those that a pattern is read from",
        0,
        [0, 4000],
    ),
    Field::choice(
        "input",
        "input",
        "whether what is shown is what neurons do, or is added to what they hear; LSTM cells always hear it",
        &["clamp", "add"],
    ),
    Field::real("gain", "input gain", "what is shown is multiplied by this where it is added", 1.0, [1e-3, 1e3]),
    RULE,
    recall::CLIP,
    ALPHA,
    Field::real("lr", "learning rate", "learning rate of Adam", 1e-3, [0.0, 1.0]).of_training(),
    LR_EVERY,
    LR_FACTOR,
    recall::CLIP_NORM,
    recall::BATCH,
];

const NAME: &str = "patterns";

/// What figure 3 has in common: 50 bits, two patterns, each three steps long and one of silence behind it, once.
macro_rules! figure_3 {
    ($($key:literal = $value:literal),*) => {
        &[
            ("size", "50"), ("count", "2"), ("show_steps", "3"), ("gap_steps", "1"), ("rounds", "1"), ("probe_steps", "3"),
            ("balance", "balanced"), $(($key, $value)),*
        ]
    };
}

/// The networks of figure 3, as the published code has them.
const PRESETS: &[Preset] = &[
    Preset {
        name: "figure-3-plastic",
        summary: "figure 3: 51 plastic neurons, 2000 episodes",
        settings: figure_3!["input" = "add", "gain" = "20", "lr" = "3e-4"],
        iterations: 2000,
    },
    Preset {
        name: "figure-3-lstm",
        summary: "figure 3: 2000 LSTM cells, half a million episodes",
        settings: figure_3!["network" = "lstm", "hidden" = "1950", "gain" = "100", "lr" = "3e-5"],
        iterations: 500_000,
    },
    Preset {
        name: "figure-3-non-plastic",
        summary: "figure 3: 2051 neurons without traces, half a million episodes",
        settings: figure_3![
            "network" = "non_plastic",
            "hidden" = "2000",
            "input" = "add",
            "gain" = "20",
            "lr" = "3e-5"
        ],
        iterations: 500_000,
    },
];

/// The task's line in the registry.
pub struct Patterns;

impl Task for Patterns {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "remember binary patterns, complete one from half"
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn usual_iterations(&self) -> u64 {
        200
    }

    fn measure(&self) -> Measure {
        let (unit, goal) = (Unit::Fraction, Goal::Lower);
        Measure {
            key: "error",
            title: "bits with the wrong sign",
            word: "wrong",
            symbol: "wrong",
            unit,
            goal,
            is_baseline: false,
            is_share: false,
        }
    }

    fn score(&self, question: &Question, answer: &[f32]) -> Option<Score> {
        Some(score(question, answer))
    }

    fn network(&self, settings: &Settings) -> Result<Network, SettingError> {
        Ok(plan(settings).network())
    }

    fn learned_from(&self, settings: &Settings) -> Option<String> {
        Some(format!("random patterns of {} bits", settings.whole("size")))
    }

    fn world(&self) -> &'static [&'static str] {
        &["count", "show_steps", "gap_steps", "rounds", "probe_steps", "blank_fraction"]
    }

    fn experiment(&self, settings: &Settings, purpose: Purpose) -> Result<Box<dyn Experiment>, SettingError> {
        let (size, blank_fraction) = (settings.whole("size"), settings.real("blank_fraction"));
        let plan = plan(settings).within_memory(purpose)?;
        let is_balanced = settings.choice("balance") == "balanced";
        // Patterns are drawn anew for every lifetime: among 2¹⁰⁰⁰ none comes twice.
        Ok(Box::new(Recall::new(plan, Bits { size, blank_fraction, is_balanced })))
    }

    fn presets(&self) -> &'static [Preset] {
        PRESETS
    }
}

/// The numbers of the task.
fn plan(settings: &Settings) -> Plan {
    let adds = settings.choice("input") == "add";
    let kind = match (settings.choice("network"), adds) {
        ("lstm", _) => CellKind::Lstm,
        (_, true) => CellKind::Recurrent { drive: Drive::Add, plasticity: recall::plasticity(settings) },
        (_, false) => CellKind::Recurrent { drive: Drive::Clamp, plasticity: recall::plasticity(settings) },
    };
    let is_added = adds || matches!(kind, CellKind::Lstm);
    let gain = if is_added { settings.real("gain") as f32 } else { 1.0 };
    Plan::new(settings, settings.whole("size")).with_cells(Cells { kind, hidden: settings.whole("hidden"), gain })
}

/// Random patterns of bits.
struct Bits {
    size: usize,
    blank_fraction: f64,
    is_balanced: bool,
}

impl Examples for Bits {
    fn draw(&self, generator: &mut Generator, count: usize) -> Vec<Vec<f32>> {
        let pattern = if self.is_balanced { patterns::balanced_pattern } else { patterns::binary_pattern };
        (0..count).map(|_| pattern(generator, self.size)).collect()
    }

    fn probe(&self, generator: &mut Generator, example: &[f32]) -> Vec<f32> {
        patterns::blanked(generator, example, self.blank_fraction)
    }

    fn score(&self, question: &Question, answer: &[f32]) -> Score {
        score(question, answer)
    }
}

/// The fraction of bits whose sign is wrong; an output of exactly zero counts as wrong.
fn score(question: &Question, answer: &[f32]) -> Score {
    let target = question.asked();
    let wrong = answer.iter().zip(target).filter(|(answer, target)| **answer * **target <= 0.0).count();
    Score { measure: wrong as f32 / target.len() as f32, details: Vec::new() }
}
