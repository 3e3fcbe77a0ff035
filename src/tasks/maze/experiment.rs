//! Agents that live in the maze, and what they learn from it.

use super::agent::{ACTIONS, Agent};
use super::environment::{BIAS, Environment, OBSERVATION};
use super::plan::Plan;
use super::tally::Rewards;
use super::walker::Walker;
use crate::data::Generator;
use crate::episode::{Intervention, Modulator, Tape, intervention};
use crate::plastic::{Network, Parameters, Stepper};
use crate::tasks::a2c::{self, Course};
use crate::tasks::tally::Tally;
use crate::tasks::{Experiment, Measure, Optimiser, Outcome};
use candle_core::{Error, Result, Tensor};
use std::collections::BTreeMap;

/// Weights and plasticity coefficients of the recurrence begin as U(0, 1) times this.
const INITIAL_SCALE: f32 = 0.001;

/// η begins here.
const INITIAL_ETA: f32 = 0.01;

const FOUND: Measure = Measure { key: "found", title: "how often the reward was reached", is_fraction: false };
const BUMPS: Measure = Measure { key: "bumps", title: "steps into a wall", is_fraction: false };

/// The experiment: agents that look for the reward as planned.
pub struct Foraging {
    task: &'static str,
    plan: Plan,
}

impl Foraging {
    /// The experiment of `task`.
    pub fn new(task: &'static str, plan: Plan) -> Self {
        Self { task, plan }
    }

    /// As many agents as `batch` at the beginning of their lifetimes, the first of them recorded.
    fn walkers<'a>(&self, agent: &'a Agent, generator: &mut Generator, batch: usize) -> Result<Vec<Walker<'a>>> {
        (0..batch)
            .map(|lane| {
                let environment = Environment::new(self.plan.rules, 1, generator.fork());
                let environment = environment.map_err(|error| Error::Msg(error.to_string()))?;
                Ok(Walker::new(agent, environment, generator.fork(), lane == 0))
            })
            .collect()
    }
}

/// Values of all lanes side by side: `[T, B, W]` from `[T, W]` of each lane.
fn by_step<'a, T: Copy + 'a>(lanes: &[&'a [T]], width: usize) -> Vec<T> {
    let steps = lanes.first().map_or(0, |lane| lane.len() / width);
    (0..steps).flat_map(|step| lanes.iter().flat_map(move |lane| &lane[step * width..][..width])).copied().collect()
}

impl Experiment for Foraging {
    fn network(&self) -> Network {
        self.plan.network()
    }

    fn optimiser(&self) -> Optimiser {
        self.plan.optimiser
    }

    fn batch(&self) -> usize {
        self.plan.batch
    }

    fn tally(&self, generator: Generator) -> Option<Box<dyn Tally>> {
        Some(Box::new(Rewards::new(self.plan.rules, generator)))
    }

    fn initial(&self, generator: &mut Generator) -> Result<Parameters> {
        let mut parameters = Parameters::default();
        for (name, shape) in self.network().shapes() {
            let count = shape.iter().product();
            let values = match name {
                "eta" => vec![INITIAL_ETA],
                "w" | "alpha" => generator.uniform(count, [0.0, INITIAL_SCALE]),
                // Layers begin within ±1/√(inputs), weights and bias alike.
                _ => {
                    let inputs = match name.split('.').next() {
                        Some("input") => OBSERVATION,
                        // From one modulator to every neuron.
                        Some("fanout") => 1,
                        _ => self.network().neurons,
                    };
                    let bound = 1.0 / (inputs as f32).sqrt();
                    generator.uniform(count, [-bound, bound])
                }
            };
            parameters.insert(name, &shape, &values)?;
        }
        Ok(parameters)
    }

    fn live(&self, parameters: &Parameters, generator: &mut Generator, batch: usize) -> Result<Outcome> {
        let agent = Agent::new(parameters)?;
        let mut walkers = self.walkers(&agent, generator, batch)?;
        let stepper = Stepper::live_with(self.network(), parameters, &mut walkers, self.plan.rules.steps)?;
        self.outcome(parameters, stepper, walkers)
    }

    fn live_branched(
        &self,
        parameters: &Parameters,
        generator: &mut Generator,
        interventions: &[Intervention],
    ) -> Result<Outcome> {
        let (network, steps) = (self.network(), self.plan.rules.steps);
        intervention::check(interventions, &network, steps).map_err(Error::Msg)?;
        let agent = Agent::new(parameters)?;
        let walkers = self.walkers(&agent, generator, 1)?.into_iter();
        let mut walkers: Vec<_> = walkers.map(|walker| walker.with_interventions(interventions)).collect();
        let mut stepper = Stepper::begin(network, parameters, 1, steps)?;
        let mut lived = 0;
        for Intervention { step, what } in interventions {
            if let Some(alteration) = what.alteration() {
                stepper.advance_with(&mut walkers, step - lived)?;
                stepper.alter(parameters, &alteration)?;
                lived = *step;
            }
        }
        stepper.advance_with(&mut walkers, steps - lived)?;
        if let Some(problem) = walkers.iter().find_map(Walker::problem) {
            return Err(Error::Msg(problem.to_owned()));
        }
        let mut outcome = self.outcome(parameters, stepper, walkers)?;
        outcome.tape.interventions = interventions.to_vec();
        Ok(outcome)
    }
}

impl Foraging {
    /// What lifetimes that have been lived came to.
    fn outcome(&self, parameters: &Parameters, stepper: Stepper, walkers: Vec<Walker<'_>>) -> Result<Outcome> {
        let (network, steps, batch) = (self.network(), self.plan.rules.steps, walkers.len());
        let modulator = match network.modulation() {
            Some(modulation) => {
                let fan_out = match modulation.fan_out {
                    true => Some([parameters.values("fanout.weight")?, parameters.values("fanout.bias")?]),
                    false => None,
                };
                Some(Modulator { values: stepper.modulator(0), fan_out })
            }
            None => None,
        };

        // The layers once more, all steps at once and part of the graph.
        let device = parameters.device();
        let seen: Vec<&[f32]> = walkers.iter().map(|walker| &walker.observations[..]).collect();
        let seen = Tensor::from_vec(by_step(&seen, OBSERVATION), (steps * batch, OBSERVATION), device)?;
        // One of the inputs is always one: the bias joins its weights, instead of every step's drive.
        let place: Vec<f32> = (0..OBSERVATION).map(|input| if input == BIAS { 1.0 } else { 0.0 }).collect();
        let place = Tensor::from_vec(place, (OBSERVATION, 1), device)?;
        let bias = place.matmul(&parameters.get("input.bias")?.reshape((1, network.neurons))?)?;
        let drive = seen.matmul(&(parameters.get("input.weight")? + bias)?)?;
        let activity = stepper.finish(parameters, &drive)?;
        // Policy and value read the same activities: one product for both.
        let weight = Tensor::cat(&[parameters.get("policy.weight")?, parameters.get("value.weight")?], 1)?;
        let bias = Tensor::cat(&[parameters.get("policy.bias")?, parameters.get("value.bias")?], 0)?;
        let heads = activity.matmul(&weight)?.broadcast_add(&bias)?;
        let heads = heads.reshape((steps, batch, ACTIONS + 1))?;
        let logits = heads.narrow(2, 0, ACTIONS)?.contiguous()?;
        let values = heads.narrow(2, ACTIONS, 1)?.squeeze(2)?.contiguous()?;

        let rewards: Vec<Vec<f32>> =
            walkers.iter().map(|walker| walker.turns.iter().map(|turn| turn.reward).collect()).collect();
        let rewards: Vec<&[f32]> = rewards.iter().map(Vec::as_slice).collect();
        let actions: Vec<&[usize]> = walkers.iter().map(|walker| &walker.actions[..]).collect();
        let course = Course { actions: by_step(&actions, 1), rewards: by_step(&rewards, 1) };
        let losses = a2c::losses(&logits, &values, &course, self.plan.constants)?;

        let turns = || walkers.iter().flat_map(|walker| &walker.turns);
        let mean = |total: f32| total / batch as f32;
        let measure = mean(walkers.iter().map(Walker::reward).sum());
        let found = mean(turns().filter(|turn| turn.found).count() as f32);
        let bumps = mean(turns().filter(|turn| turn.bumped).count() as f32);
        let first = walkers.into_iter().next();
        let lived = activity.detach().reshape((steps, batch, network.neurons))?;
        let first_activity = lived.narrow(1, 0, 1)?.flatten_all()?.to_vec1()?;
        let mut first = first.ok_or_else(|| Error::Msg("a batch needs at least one lifetime".into()))?;
        let tape = Tape {
            task: self.task.into(),
            network,
            eta: parameters.eta(),
            iteration: 0,
            seed: None,
            steps,
            drive: std::mem::take(&mut first.drive),
            activity: first_activity,
            events: first.events(),
            pictures: BTreeMap::new(),
            interventions: Vec::new(),
            run: None,
            loss: losses.get(0)?.to_scalar()?,
            measure: first.reward(),
            modulator,
            behaviour: Some(first.behaviour(values.narrow(1, 0, 1)?.flatten_all()?.to_vec1()?)),
        };
        Ok(Outcome { loss: losses.mean(0)?, measure, details: vec![(FOUND, found), (BUMPS, bumps)], tape })
    }
}
