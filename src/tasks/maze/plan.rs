//! The numbers of a run in the maze.

use super::environment::{OBSERVATION, Rules};
use super::grid::Action;
use crate::plastic::Rule;
use crate::plastic::modulated::{Kind, Modulation};
use crate::plastic::network::{AlphaKind, Drive, Layers, Network, Plasticity};
use crate::tasks::Optimiser;
use crate::tasks::a2c::Constants;
use crate::tasks::settings::{SettingError, Settings};

/// The most memory that one iteration may need, in units of 10⁹ bytes: more than most machines have.
const MOST_MEMORY: f64 = 64.0;

/// What the settings ask for.
#[derive(Clone, Copy)]
pub struct Plan {
    /// The maze.
    pub rules: Rules,
    /// The loss.
    pub constants: Constants,
    /// Adam.
    pub optimiser: Optimiser,
    /// Lifetimes per iteration.
    pub batch: usize,
    neurons: usize,
    plasticity: Option<Plasticity>,
    modulation: Option<Modulation>,
}

impl Plan {
    /// The numbers of `settings`.
    ///
    /// # Errors
    /// When there is no such maze, or they ask for too much memory together.
    pub fn new(settings: &Settings) -> Result<Self, SettingError> {
        let bound = settings.real("clip") as f32;
        let rule = match settings.choice("rule") {
            "oja" => Rule::Oja,
            "clip" => Rule::Clip { bound },
            _ => Rule::Decay,
        };
        let alpha = match settings.choice("alpha") {
            "per_neuron" => AlphaKind::PerNeuron,
            "yoked" => AlphaKind::Yoked,
            _ => AlphaKind::Free,
        };
        let kind = match settings.choice("network") {
            "modulated" => Some(Kind::Simple),
            "retroactive" => Some(Kind::Retroactive),
            _ => None,
        };
        let fan_out = settings.choice("fan_out") == "fan_out";
        let rules = Rules {
            size: settings.whole("size"),
            steps: settings.whole("steps"),
            wall_penalty: settings.real("wall_penalty") as f32,
            reward: settings.real("reward") as f32,
        };
        rules.check()?;
        let plan = Self {
            rules,
            constants: Constants {
                gamma: settings.real("gamma"),
                penalty: settings.real("penalty"),
                value_weight: settings.real("value_weight"),
            },
            optimiser: Optimiser {
                lr: settings.real("lr"),
                lr_every: settings.whole("lr_every") as u64,
                lr_factor: settings.real("lr_factor"),
                eps: settings.real("eps"),
                clip_norm: Some(settings.real("clip_norm")).filter(|&limit| limit > 0.0),
                ..Optimiser::default()
            },
            batch: settings.whole("batch"),
            neurons: settings.whole("neurons"),
            plasticity: (settings.choice("network") == "plastic").then_some(Plasticity { rule, alpha }),
            modulation: kind.map(|kind| Modulation { kind, fan_out, bound }),
        };
        let needed = plan.memory_bytes() / 1e9;
        if needed > MOST_MEMORY {
            return Err(SettingError::TooLarge { needed: needed.ceil() as u64, most: MOST_MEMORY as u64 });
        }
        Ok(plan)
    }

    /// The network of such an agent.
    pub fn network(&self) -> Network {
        let layers = Some(Layers { inputs: OBSERVATION, actions: Action::ALL.len() });
        let Self { neurons, plasticity, modulation, .. } = *self;
        Network { neurons, drive: Drive::Add, plasticity, layers, modulation }
    }

    /// About what one iteration takes: traces (key-frames and rebuilt ones, two dozen or 2√T) and activities
    /// (drive, x, and the gradients of both).
    fn memory_bytes(&self) -> f64 {
        let (lanes, neurons, steps) = (self.batch as f64, self.neurons as f64, self.rules.steps as f64);
        let kept = (2.0 * steps.sqrt()).max(24.0).min(steps) + 3.0;
        let traces = match (self.plasticity, self.modulation.map(|modulation| modulation.kind)) {
            (None, None) => 0.0,
            // An eligibility trace beside each trace.
            (_, Some(Kind::Retroactive)) => 2.0 * kept,
            _ => kept,
        };
        4.0 * lanes * (neurons * neurons * traces + 8.0 * steps * neurons)
    }
}
