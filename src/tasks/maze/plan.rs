//! The numbers of a run in the maze.

use super::environment::{Inputs, OBSERVATION, Rules};
use super::goals::Goals;
use super::grid::{Action, Pillars};
use crate::plastic::{
    AgentSize, AlphaKind, Drive, Modulation, ModulationKind, Network, Plasticity, Recurrent, Writing,
};
use crate::tasks::agent::AgentPlan;
use crate::tasks::agent::a2c::Constants;
use crate::tasks::settings::{SettingError, Settings};
use crate::tasks::{Optimiser, Purpose, fields};

/// Weights and plasticity coefficients of the recurrence begin as U(0, 1) times this.
const INITIAL_SCALE: f32 = 0.001;

/// η begins here.
const INITIAL_ETA: f32 = 0.01;

/// What the settings ask for.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The maze.
    pub rules: Rules,
    /// The agents in it.
    pub agent: AgentPlan,
}

impl Plan {
    /// The numbers of `settings`; the purpose says where rewards hide.
    ///
    /// # Errors
    /// When there is no such maze.
    pub fn new(settings: &Settings, purpose: Purpose) -> Result<Self, SettingError> {
        let rules = Rules {
            size: settings.whole("size"),
            steps: settings.whole("steps"),
            wall_penalty: settings.real("wall_penalty") as f32,
            reward: settings.real("reward") as f32,
            inputs: Inputs::of(settings),
            goals: Goals::of(settings.whole("withhold_goals"), purpose),
            pillars: Pillars::named(settings.choice("pillars")),
        };
        rules.check()?;
        let (neurons, batch) = (settings.whole("neurons"), settings.whole("batch"));
        let recurrent = Recurrent { neurons, drive: Drive::Add, plasticity: plasticity(settings) };
        let agent = AgentPlan {
            network: Network::agent(recurrent, AgentSize { inputs: OBSERVATION, actions: Action::ALL.len() }),
            steps: rules.steps,
            batch,
            constants: Constants {
                gamma: settings.real("gamma"),
                penalty: settings.real("penalty"),
                value_weight: settings.real("value_weight"),
            },
            optimiser: Optimiser { eps: settings.real("eps"), ..fields::optimiser(settings) },
            initial_scale: INITIAL_SCALE,
            initial_eta: INITIAL_ETA,
        };
        Ok(Self { rules, agent })
    }

    /// The same numbers, if there is memory for them: in training for a batch of lifetimes, otherwise for one.
    ///
    /// # Errors
    /// When they ask for too much together.
    pub fn within_memory(self, purpose: Purpose) -> Result<Self, SettingError> {
        let lifetimes = if purpose == Purpose::Training { self.agent.batch } else { 1 };
        if let Some(recurrent) = self.agent.network.recurrent() {
            fields::check_memory(memory_bytes(recurrent, self.agent.steps, lifetimes))?;
        }
        Ok(self)
    }
}

/// The plastic part of the network that the settings name.
fn plasticity(settings: &Settings) -> Option<Plasticity> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plastic::Rule;
    use crate::tasks;

    fn plan(changes: &[(&str, &str)]) -> Plan {
        let task = tasks::find("maze").unwrap();
        let mut settings = Settings::defaults(task.name(), task.fields());
        for (key, value) in changes {
            settings.set_text(key, value).unwrap();
        }
        Plan::new(&settings, Purpose::Training).unwrap()
    }

    #[test]
    fn unless_said_otherwise_the_numbers_are_the_papers_and_its_codes() {
        let Plan { rules, agent } = plan(&[]);
        let AgentPlan { network, steps, batch, constants, optimiser, initial_scale, initial_eta } = agent;
        let Recurrent { neurons, drive, plasticity } = network.recurrent().unwrap();
        assert_eq!(network.agent_size(), Some(AgentSize { inputs: OBSERVATION, actions: 4 }));
        let (inputs, goals, pillars) = (Inputs::default(), Goals::All, Pillars::Regular);
        assert_eq!(rules, Rules { size: 9, steps: 200, wall_penalty: 0.1, reward: 10.0, inputs, goals, pillars });
        assert_eq!((constants.gamma, constants.penalty, constants.value_weight), (0.9, 0.03, 0.1));
        assert_eq!((optimiser.lr, optimiser.eps, optimiser.clip_norm), (1e-4, 1e-4, Some(4.0)));
        assert_eq!((steps, batch, neurons, drive), (200, 30, 100, Drive::Add));
        assert_eq!((initial_scale, initial_eta), (0.001, 0.01));
        let of = |writing| Some(Plasticity { alpha: AlphaKind::Free, writing });
        assert_eq!(plasticity, of(Writing::Rule(Rule::Decay)));
        let modulation = Modulation { kind: ModulationKind::Simple, fan_out: true, bound: 2.0 };
        let modulated = plan(&[("network", "modulated")]).agent.network.recurrent().unwrap();
        assert_eq!(modulated.plasticity, of(Writing::Modulated(modulation)));
    }

    #[test]
    fn every_number_of_the_maze_is_a_setting() {
        let changes =
            [("size", "21"), ("steps", "250"), ("wall_penalty", "0.5"), ("reward", "3"), ("withhold_goals", "7")];
        let (inputs, goals) = (Inputs::default(), Goals::AllBut(7));
        let pillars = Pillars::Regular;
        let rules = Rules { size: 21, steps: 250, wall_penalty: 0.5, reward: 3.0, inputs, goals, pillars };
        assert_eq!(plan(&[("pillars", "random")]).rules.pillars, Pillars::Random);
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
