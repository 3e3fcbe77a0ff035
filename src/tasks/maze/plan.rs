//! The numbers of a run in the maze.

use super::environment::{Inputs, OBSERVATION, Rules};
use super::grid::Action;
use crate::plastic::network::{AlphaKind, Drive, Layers, Network, Plasticity};
use crate::plastic::{Modulation, ModulationKind, Rule, Writing};
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
        let fan_out = settings.choice("fan_out") == "fan_out";
        let modulated = |kind| Writing::Modulated(Modulation { kind, fan_out, bound });
        let plasticity = match settings.choice("network") {
            "plastic" => Some(Plasticity { alpha, writing: Writing::Rule(rule) }),
            // Of these networks α is free: `alpha` says nothing.
            "modulated" => Some(Plasticity { alpha: AlphaKind::Free, writing: modulated(ModulationKind::Simple) }),
            "retroactive" => {
                Some(Plasticity { alpha: AlphaKind::Free, writing: modulated(ModulationKind::Retroactive) })
            }
            _ => None,
        };
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
            plasticity,
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
        let Self { neurons, plasticity, .. } = *self;
        Network { neurons, drive: Drive::Add, plasticity, layers }
    }

    /// About what one iteration takes: traces (key-frames and rebuilt ones, two dozen or 2√T) and activities
    /// (drive, x, and the gradients of both).
    fn memory_bytes(&self) -> f64 {
        let (lanes, neurons, steps) = (self.batch as f64, self.neurons as f64, self.rules.steps as f64);
        let kept = (2.0 * steps.sqrt()).max(24.0).min(steps) + 3.0;
        let traces = match self.plasticity {
            None => 0.0,
            // An eligibility trace beside each trace.
            Some(plasticity) if plasticity.writing.has_eligibility() => 2.0 * kept,
            Some(_) => kept,
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
        let Plan { rules, constants, optimiser, batch, neurons, plasticity } = plan(&[]);
        assert_eq!(rules, Rules { size: 9, steps: 200, wall_penalty: 0.1, reward: 10.0, inputs: Inputs::default() });
        assert_eq!((constants.gamma, constants.penalty, constants.value_weight), (0.9, 0.03, 0.1));
        assert_eq!((optimiser.lr, optimiser.eps, optimiser.clip_norm), (1e-4, 1e-4, Some(4.0)));
        assert_eq!((batch, neurons), (30, 100));
        let of = |writing| Some(Plasticity { alpha: AlphaKind::Free, writing });
        assert_eq!(plasticity, of(Writing::Rule(Rule::Decay)));
        let modulation = Modulation { kind: ModulationKind::Simple, fan_out: true, bound: 2.0 };
        assert_eq!(plan(&[("network", "modulated")]).plasticity, of(Writing::Modulated(modulation)));
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
