//! Lifetimes of agents, and what is learned from them.

use super::a2c::{self, Constants, Trajectory};
use super::heads::{self, Heads};
use super::life::Life;
use super::world::{Surroundings, World as _};
use crate::data::Generator;
use crate::episode::{Content, Origin, Tape};
use crate::plastic::{Init, Network, Parameters, Specification, Stepper};
use crate::tasks::record::of_the_first;
use crate::tasks::script::{self, Script};
use crate::tasks::tally::Tally;
use crate::tasks::{Experiment, Measure, Optimiser, Outcome};
use candle_core::{Error, Result, Tensor};
use std::sync::Arc;

/// The numbers of a run.
#[derive(Clone, Debug)]
pub struct AgentPlan {
    /// The network of such an agent.
    pub network: Network,
    /// T.
    pub steps: usize,
    /// Lifetimes per iteration.
    pub batch: usize,
    /// The loss.
    pub constants: Constants,
    /// Adam.
    pub optimiser: Optimiser,
    /// Weights and plasticity coefficients of the recurrence begin as U(0, 1) times this.
    pub initial_scale: f32,
    /// η begins here.
    pub initial_eta: f32,
}

/// The experiment: agents that live in the surroundings of a task.
pub struct Agents<S> {
    plan: AgentPlan,
    surroundings: S,
}

impl<S: Surroundings> Agents<S> {
    /// The experiment of a task.
    pub fn new(plan: AgentPlan, surroundings: S) -> Self {
        Self { plan, surroundings }
    }

    /// How a parameter begins. Layers begin within ±1/√(inputs), weights and bias alike.
    fn init(&self, name: &str) -> Init {
        let inputs = match name.split('.').next() {
            _ if name == "eta" => return Init::Constant(self.plan.initial_eta),
            _ if name == "w" || name == "alpha" => return Init::Uniform([0.0, self.plan.initial_scale]),
            Some("input") => self.surroundings.inputs(),
            // From one modulator to every neuron.
            Some("fanout") => 1,
            _ => self.plan.network.neurons(),
        };
        let bound = 1.0 / (inputs as f32).sqrt();
        Init::Uniform([-bound, bound])
    }
}

/// Values of all lifetimes side by side: `[T, B, W]` from `[T, W]` of each.
fn by_step<'a, T: Copy + 'a>(lifetimes: &[&'a [T]], width: usize) -> Vec<T> {
    let steps = lifetimes.first().map_or(0, |lifetime| lifetime.len() / width);
    let mut values = Vec::with_capacity(steps * lifetimes.len() * width);
    for step in 0..steps {
        lifetimes.iter().for_each(|lifetime| values.extend_from_slice(&lifetime[step * width..][..width]));
    }
    values
}

impl<S: Surroundings> Experiment for Agents<S> {
    fn network(&self) -> Network {
        self.plan.network.clone()
    }

    fn optimiser(&self) -> Optimiser {
        self.plan.optimiser
    }

    fn batch(&self) -> usize {
        self.plan.batch
    }

    fn examples(&self) -> Option<String> {
        self.surroundings.examples()
    }

    fn tally(&self, generator: Generator, since: Option<usize>) -> Option<Box<dyn Tally>> {
        self.surroundings.tally(generator, since)
    }

    fn specifications(&self) -> Vec<Specification> {
        self.plan.network.specifications(|name| self.init(name))
    }

    fn draw(&self, generator: &mut Generator) -> Script {
        self.surroundings.draw(generator).into()
    }

    fn live(&self, parameters: &Parameters, scripts: Vec<Script>, origin: Origin) -> Result<Outcome> {
        let AgentPlan { network, steps, .. } = &self.plan;
        let interventions = script::interventions(&scripts, network, *steps)?;
        let heads = Heads::new(parameters)?;
        let life = |(index, script): (usize, &Script)| {
            let (is_recorded, episode) = (index == 0, script.episode.clone());
            Ok(Life::new(&heads, self.surroundings.enter(episode, is_recorded)?, *steps, is_recorded, interventions))
        };
        let mut lives: Vec<Life<'_, S::World>> = scripts.iter().enumerate().map(life).collect::<Result<_>>()?;
        let mut stepper = script::begin(network, parameters, &scripts, *steps)?;
        script::live_through(&mut stepper, parameters, interventions, *steps, |stepper, span| {
            stepper.advance_with(&mut lives, span.len())
        })?;
        if let Some(problem) = lives.iter().find_map(Life::problem) {
            return Err(Error::Msg(problem.to_owned()));
        }
        self.outcome(parameters, stepper, lives, &scripts, origin)
    }
}

impl<S: Surroundings> Agents<S> {
    /// What lifetimes that have been lived came to.
    fn outcome(
        &self,
        parameters: &Parameters,
        stepper: Stepper,
        lives: Vec<Life<'_, S::World>>,
        scripts: &[Script],
        origin: Origin,
    ) -> Result<Outcome> {
        let AgentPlan { network, constants, .. } = &self.plan;
        let (steps, batch, inputs) = (self.plan.steps, lives.len(), self.surroundings.inputs());
        let modulator = stepper.modulator(0)?;

        // The layers once more, all steps at once and part of the graph.
        let seen: Vec<&[f32]> = lives.iter().map(|life| &life.observations[..]).collect();
        let seen = Tensor::from_vec(by_step(&seen, inputs), (steps * batch, inputs), parameters.device())?;
        let drive = heads::drive(parameters, &seen, self.surroundings.constant_input())?;
        let activity = stepper.finish(parameters, &drive)?;
        let actions = network.agent_size().map_or(0, |size| size.actions);
        let outputs = heads::outputs(parameters, &activity)?.reshape((steps, batch, actions + 1))?;
        let logits = outputs.narrow(2, 0, actions)?.contiguous()?;
        let values = outputs.narrow(2, actions, 1)?.squeeze(2)?.contiguous()?;

        let rewards: Vec<&[f32]> = lives.iter().map(|life| &life.rewards[..]).collect();
        let taken: Vec<&[usize]> = lives.iter().map(|life| &life.actions[..]).collect();
        let trajectory = Trajectory { actions: by_step(&taken, 1), rewards: by_step(&rewards, 1) };
        let losses = a2c::losses(&logits, &values, &trajectory, *constants)?;

        let mean = |total: f32| total / batch as f32;
        let measure = mean(lives.iter().map(Life::reward).sum());
        let each: Vec<Vec<f32>> = lives.iter().map(|life| life.world.details()).collect();
        let total = |place: usize| each.iter().map(|details| details[place]).sum::<f32>();
        let measures = self.surroundings.details().iter().enumerate();
        let details: Vec<(Measure, f32)> = measures.map(|(place, measure)| (*measure, mean(total(place)))).collect();

        let first = lives.into_iter().next().zip(scripts.first());
        let (mut first, script) = first.ok_or_else(|| Error::Msg("a batch needs at least one lifetime".into()))?;
        let lived = activity.detach().reshape((steps, batch, network.neurons()))?;
        let lived: Arc<[f32]> = lived.narrow(1, 0, 1)?.flatten_all()?.to_vec1()?.into();
        let tape = Tape {
            origin,
            network: network.clone(),
            steps,
            drive: std::mem::take(&mut first.drive),
            layers: script::recurrent_layers(network, parameters, script, modulator, &lived)?,
            activity: lived,
            gates: Vec::new(),
            events: first.world.events(),
            interventions: script.interventions.clone(),
            loss: losses.get(0)?.to_scalar()?,
            measure: first.reward(),
            content: Content::Agent(first.behaviour(of_the_first(&values)?)),
        };
        Ok(Outcome { loss: losses.mean(0)?, measure, details, tape, left: Vec::new() })
    }
}
