//! The numbers of a run in the maze.

use super::environment::{Inputs, OBSERVATION, Rules};
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
            inputs: Inputs::of(settings),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks;

    fn plan(changes: &[(&str, &str)]) -> Plan {
        let task = tasks::find("maze").unwrap();
        let mut settings = Settings::defaults(task.name(), task.fields());
        for (key, value) in changes {
            settings.set_text(key, value).unwrap();
        }
        Plan::new(&settings).unwrap()
    }

    #[test]
    fn unless_said_otherwise_the_numbers_are_the_papers_and_its_codes() {
        let Plan { rules, constants, optimiser, batch, neurons, plasticity, modulation } = plan(&[]);
        assert_eq!(rules, Rules { size: 9, steps: 200, wall_penalty: 0.1, reward: 10.0, inputs: Inputs::default() });
        assert_eq!((constants.gamma, constants.penalty, constants.value_weight), (0.9, 0.03, 0.1));
        assert_eq!((optimiser.lr, optimiser.eps, optimiser.clip_norm), (1e-4, 1e-4, Some(4.0)));
        assert_eq!((batch, neurons), (30, 100));
        assert_eq!(plasticity, Some(Plasticity { rule: Rule::Decay, alpha: AlphaKind::Free }));
        assert!(modulation.is_none());
        let modulated = plan(&[("network", "modulated")]).modulation;
        assert_eq!(modulated, Some(Modulation { kind: Kind::Simple, fan_out: true, bound: 2.0 }));
    }

    #[test]
    fn every_number_of_the_maze_is_a_setting() {
        let changes = [("size", "21"), ("steps", "250"), ("wall_penalty", "0.5"), ("reward", "3")];
        let rules = Rules { size: 21, steps: 250, wall_penalty: 0.5, reward: 3.0, inputs: Inputs::default() };
        assert_eq!(plan(&changes).rules, rules);
        let all = Inputs::default();
        for (key, inputs) in [
            ("input_walls", Inputs { walls: false, ..all }),
            ("input_reward", Inputs { reward: false, ..all }),
            ("input_action", Inputs { action: false, ..all }),
            ("input_time", Inputs { time: false, ..all }),
        ] {
            assert_eq!(plan(&[(key, "withheld")]).rules.inputs, inputs, "{key}");
        }
    }
}
