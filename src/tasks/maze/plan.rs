//! The numbers of a run in the maze.

use super::environment::{Inputs, OBSERVATION, Rules};
use super::goals::Goals;
use super::grid::{Action, Pillars};
use crate::plastic::{AgentSize, Drive, Network, Recurrent};
use crate::tasks::Purpose;
use crate::tasks::agent::{self, AgentPlan};
use crate::tasks::settings::{SettingError, Settings};

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
        let recurrent = Recurrent { neurons, drive: Drive::Add, plasticity: agent::settings::plasticity(settings) };
        let agent = AgentPlan {
            network: Network::agent(recurrent, AgentSize { inputs: OBSERVATION, actions: Action::ALL.len() }),
            steps: rules.steps,
            batch,
            constants: agent::settings::constants(settings),
            optimiser: agent::settings::optimiser(settings),
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
        agent::settings::check_memory(&self.agent, purpose)?;
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plastic::{AlphaKind, Modulation, ModulationKind, Plasticity, Rule, Writing};
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
