//! Settings that several tasks have, and what they say of a network and of its training.

use super::Optimiser;
use super::settings::{Field, SettingError, Settings};
use crate::files::budget;
use crate::plastic::{AlphaKind, Rule};

/// How the trace is written.
pub const RULE: Field = Field::choice("rule", "plasticity rule", "how the trace is written", &["decay", "oja", "clip"]);
/// Free, per neuron or yoked.
pub const ALPHA: Field =
    Field::choice("alpha", "α", "how many plasticity coefficients", &["free", "per_neuron", "yoked"]);
/// When the learning rate changes.
pub const LR_EVERY: Field = Field::whole(
    "lr_every",
    "learning rate interval",
    "iterations",
    "after each so many iterations the learning rate is multiplied by the learning rate factor; 0 leaves it alone",
    0,
    [0, 1 << 40],
)
.of_training();
/// How much the learning rate changes.
pub const LR_FACTOR: Field = Field::real(
    "lr_factor",
    "learning rate factor",
    "what the learning rate is multiplied by after each interval",
    1.0,
    [1e-6, 1.0],
)
.of_training();

/// The rule that [`RULE`] and the setting `clip` name.
pub fn rule(settings: &Settings) -> Rule {
    match settings.choice("rule") {
        "oja" => Rule::Oja,
        "clip" => Rule::Clip { bound: settings.real("clip") as f32 },
        _ => Rule::Decay,
    }
}

/// The kind of α that [`ALPHA`] names.
pub fn alpha(settings: &Settings) -> AlphaKind {
    alpha_kind(settings.choice("alpha"))
}

/// The kind of α that is called `option` there.
pub fn alpha_kind(option: &str) -> AlphaKind {
    match option {
        "per_neuron" => AlphaKind::PerNeuron,
        "yoked" => AlphaKind::Yoked,
        _ => AlphaKind::Free,
    }
}

/// Makes the setting `path`, where it is set, one that does not depend on the working folder: a run may go on from another.
///
/// # Errors
/// When it becomes too long.
pub fn resolve_path(settings: &mut Settings) -> Result<(), SettingError> {
    let Some(path) = settings.path("path") else { return Ok(()) };
    let absolute = std::path::absolute(&path).unwrap_or(path);
    match absolute.to_str() {
        Some(text) => settings.set("path", &text.into()),
        None => Ok(()),
    }
}

/// The optimiser that `lr`, [`LR_EVERY`], [`LR_FACTOR`] and `clip_norm` describe.
pub fn optimiser(settings: &Settings) -> Optimiser {
    Optimiser {
        lr: settings.real("lr"),
        lr_every: settings.whole("lr_every") as u64,
        lr_factor: settings.real("lr_factor"),
        clip_norm: Some(settings.real("clip_norm")).filter(|&limit| limit > 0.0),
        ..Optimiser::default()
    }
}

/// How many traces of a lifetime of `steps` are in memory at once: key-frames and rebuilt ones, two dozen or 2√T.
pub fn kept_traces(steps: f64) -> f64 {
    (2.0 * steps.sqrt()).max(24.0).min(steps) + 3.0
}

/// Refuses settings whose iteration needs more bytes than this machine can give.
///
/// # Errors
/// When it does.
pub fn check_memory(bytes: f64) -> Result<(), SettingError> {
    let [needed, most] = [bytes, budget::bytes() as f64].map(|bytes| bytes / 1e9);
    match needed > most {
        true => Err(SettingError::TooLarge { needed: needed.ceil() as u64, most: most as u64 }),
        false => Ok(()),
    }
}
