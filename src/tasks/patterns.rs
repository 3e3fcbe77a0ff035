//! Binary patterns: remember five, complete one from half (*Differentiable plasticity*, section 4.1).
//!
//! [Recall](super::recall) of random patterns of `size` bits, one of them with a fraction of its bits blanked.

use super::fields::{ALPHA, LR_EVERY, LR_FACTOR, RULE};
use super::recall::{self, Examples, Plan, Recall, Score};
use super::settings::{Field, SettingError, Settings};
use super::{Experiment, Goal, Measure, Purpose, Task, Unit};
use crate::data::{Generator, patterns};
use crate::episode::Question;
use crate::plastic::Network;

const FIELDS: &[Field] = &[
    Field::whole(
        "size",
        "pattern size",
        "bits",
        "elements of a pattern; the network has one neuron more, its bias",
        1000,
        [2, 4000],
    ),
    Field::whole("count", "stored patterns", "", "patterns to remember in one episode", 5, [1, 100]),
    Field::whole("show_steps", "presentation", "steps", "how long a pattern is shown", 10, [1, 1000]),
    Field::whole("gap_steps", "gap", "steps", "silence after each pattern", 3, [0, 1000]),
    Field::whole("rounds", "rounds", "", "how often every pattern is shown", 3, [1, 100]),
    Field::whole("probe_steps", "probe", "steps", "how long the blanked pattern is shown", 10, [1, 1000]),
    Field::real("blank_fraction", "blanked fraction", "part of the probe that is blanked", 0.5, [0.0, 1.0]),
    recall::NETWORK,
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
        Ok(Plan::new(settings, settings.whole("size")).network())
    }

    fn learned_from(&self, settings: &Settings) -> Option<String> {
        Some(format!("random patterns of {} bits", settings.whole("size")))
    }

    fn world(&self) -> &'static [&'static str] {
        &["count", "show_steps", "gap_steps", "rounds", "probe_steps", "blank_fraction"]
    }

    fn experiment(&self, settings: &Settings, purpose: Purpose) -> Result<Box<dyn Experiment>, SettingError> {
        let (size, blank_fraction) = (settings.whole("size"), settings.real("blank_fraction"));
        let plan = Plan::new(settings, size).within_memory(purpose)?;
        // Patterns are drawn anew for every lifetime: among 2¹⁰⁰⁰ none comes twice.
        Ok(Box::new(Recall::new(plan, Bits { size, blank_fraction })))
    }
}

/// Random patterns of bits.
struct Bits {
    size: usize,
    blank_fraction: f64,
}

impl Examples for Bits {
    fn draw(&self, generator: &mut Generator, count: usize) -> Vec<Vec<f32>> {
        (0..count).map(|_| patterns::binary_pattern(generator, self.size)).collect()
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
