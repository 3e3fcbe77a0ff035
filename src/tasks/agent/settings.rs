//! Settings that tasks with agents share, and what they say of a network and of its training.

use super::AgentPlan;
use super::a2c::Constants;
use crate::plastic::{AlphaKind, Modulation, ModulationKind, Plasticity, Recurrent, Writing};
use crate::tasks::settings::{Field, SettingError, Settings};
use crate::tasks::{Optimiser, Purpose, fields};

/// Which network.
pub const NETWORK: Field = Field::choice(
    "network",
    "network",
    "with a trace, without, or with one that the network itself modulates (plasticity rule and α do not apply then)",
    &["plastic", "non_plastic", "modulated", "retroactive"],
);
/// What Adam adds.
pub const EPS: Field =
    Field::real("eps", "Adam ε", "what Adam adds to the root of the second moment", 1e-4, [1e-12, 1.0]).of_training();
/// Clipping of the gradient.
pub const CLIP_NORM: Field =
    Field::real("clip_norm", "gradient clipping", "largest norm of the gradient; 0 leaves it alone", 4.0, [0.0, 1e9])
        .of_training();
/// γ.
pub const GAMMA: Field =
    Field::real("gamma", "discount factor γ", "what a reward one step away is worth", 0.9, [0.0, 1.0]);
/// c_p.
pub const PENALTY: Field = Field::real(
    "penalty",
    "policy penalty",
    "price of a certain policy, times the sum of squared probabilities",
    0.03,
    [0.0, 1000.0],
);
/// c_v.
pub const VALUE_WEIGHT: Field = Field::real(
    "value_weight",
    "value loss weight",
    "weight of the squared error of the foreseen return",
    0.1,
    [0.0, 1000.0],
);
/// Lifetimes per iteration.
pub const BATCH: Field =
    Field::whole("batch", "batch size", "episodes", "episodes per iteration", 30, [1, 1024]).of_training();
/// The bound of H.
pub const CLIP: Field =
    Field::real("clip", "trace bound", "largest trace under the clipped rule or modulation", 2.0, [1e-6, 1e6]);

/// The constants of the loss.
pub fn constants(settings: &Settings) -> Constants {
    Constants {
        gamma: settings.real("gamma"),
        penalty: settings.real("penalty"),
        value_weight: settings.real("value_weight"),
    }
}

/// The constants of Adam.
pub fn optimiser(settings: &Settings) -> Optimiser {
    Optimiser { eps: settings.real("eps"), ..fields::optimiser(settings) }
}

/// The plastic part of the network that the settings name.
pub fn plasticity(settings: &Settings) -> Option<Plasticity> {
    let (bound, fan_out) = (settings.real("clip") as f32, settings.choice("fan_out") == "fan_out");
    // `alpha` says nothing of networks that modulate their traces: theirs is free.
    let modulated = |kind| {
        let writing = Writing::Modulated(Modulation { kind, fan_out, bound });
        Some(Plasticity { alpha: AlphaKind::Free, writing })
    };
    match settings.choice("network") {
        "plastic" => {
            Some(Plasticity { alpha: fields::alpha(settings), writing: Writing::Rule(fields::rule(settings)) })
        }
        "modulated" => modulated(ModulationKind::Simple),
        "retroactive" => modulated(ModulationKind::Retroactive),
        _ => None,
    }
}

/// Refuses a plan for which there is no memory: in training for a batch of lifetimes, otherwise for one.
///
/// # Errors
/// When it asks for too much.
pub fn check_memory(plan: &AgentPlan, purpose: Purpose) -> Result<(), SettingError> {
    let lifetimes = if purpose == Purpose::Training { plan.batch } else { 1 };
    match plan.network.recurrent() {
        Some(recurrent) => fields::check_memory(memory_bytes(recurrent, plan.steps, lifetimes)),
        None => Ok(()),
    }
}

/// About what one iteration takes: traces and activities (drive, x, and the gradients of both).
fn memory_bytes(network: Recurrent, steps: usize, batch: usize) -> f64 {
    let (lifetimes, neurons, steps) = (batch as f64, network.neurons as f64, steps as f64);
    let traces = match network.writing() {
        None => 0.0,
        // An eligibility trace beside each trace.
        Some(writing) if writing.has_eligibility() => 2.0 * fields::kept_traces(steps),
        Some(_) => fields::kept_traces(steps),
    };
    4.0 * lifetimes * (neurons * neurons * traces + 8.0 * steps * neurons)
}
