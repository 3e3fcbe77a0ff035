//! Agents that live in the maze, step by step, and what they learn from it.

use super::agent::{Agent, draw};
use super::environment::{Environment, OBSERVATION};
use super::grid::{Action, Square};
use super::plan::Plan;
use crate::data::Generator;
use crate::episode::{Behaviour, Event, EventKind, Tape, Walk};
use crate::plastic::{Network, Parameters, Stepper};
use crate::tasks::a2c::{self, Course};
use crate::tasks::{Experiment, Measure, Optimiser, Outcome};
use candle_core::{Error, Result, Tensor};
use std::collections::BTreeMap;

/// Weights and plasticity coefficients of the recurrence begin as U(0, 1) times this.
const INITIAL_SCALE: f32 = 0.001;

/// η begins here.
const INITIAL_ETA: f32 = 0.01;

const ACTIONS: usize = Action::ALL.len();

const FOUND: Measure = Measure { key: "found", title: "how often the reward was reached", is_fraction: false };
const BUMPS: Measure = Measure { key: "bumps", title: "steps into a wall", is_fraction: false };

/// The experiment: agents that live as planned.
pub struct Foraging {
    task: &'static str,
    plan: Plan,
}

/// What happened to the agents, step by step.
struct Diary {
    /// `[T, B, I]`.
    observations: Vec<f32>,
    course: Course,
    found: usize,
    bumps: usize,
    first: FirstLane,
}

/// What the tape keeps of the first lane.
#[derive(Default)]
struct FirstLane {
    drive: Vec<f32>,
    activity: Vec<f32>,
    probabilities: Vec<f32>,
    squares: Vec<[usize; 2]>,
    events: Vec<Event>,
}

impl Foraging {
    /// The experiment of `task`.
    pub fn new(task: &'static str, plan: Plan) -> Self {
        Self { task, plan }
    }

    /// Lets the agents live. Every action is drawn from `generator`.
    fn walk(
        &self,
        parameters: &Parameters,
        environment: &mut Environment,
        generator: &mut Generator,
    ) -> Result<(Stepper, Diary)> {
        let (network, steps, batch) = (self.network(), self.plan.rules.steps, environment.batch());
        let agent = Agent::new(parameters)?;
        let mut stepper = Stepper::begin(network, parameters, batch, steps)?;
        let mut diary = Diary {
            observations: vec![0.0; steps * batch * OBSERVATION],
            course: Course::default(),
            found: 0,
            bumps: 0,
            first: FirstLane { squares: vec![place(environment.square(0))], ..FirstLane::default() },
        };
        let (mut drive, mut probabilities) = (vec![0.0; batch * network.neurons], vec![0.0; batch * ACTIONS]);
        for (step, observations) in diary.observations.chunks_exact_mut(batch * OBSERVATION).enumerate() {
            environment.observe(observations);
            agent.drive(observations, &mut drive);
            let activity = stepper.step(&drive)?;
            agent.probabilities(&activity, &mut probabilities);
            let chosen: Vec<usize> =
                probabilities.chunks_exact(ACTIONS).map(|probabilities| draw(generator, probabilities)).collect();
            let actions: Vec<Action> = chosen.iter().map(|&action| Action::ALL[action]).collect();
            let turns = environment.act(&actions);

            let first = &mut diary.first;
            first.drive.extend_from_slice(&drive[..network.neurons]);
            first.activity.extend_from_slice(&activity[..network.neurons]);
            first.probabilities.extend_from_slice(&probabilities[..ACTIONS]);
            first.squares.push(place(environment.square(0)));
            let mut note = |kind, start| {
                if start < steps {
                    first.events.push(Event { kind, start, steps: 1, index: None });
                }
            };
            if turns[0].bumped {
                note(EventKind::Bump, step);
            }
            if turns[0].found {
                note(EventKind::Reward, step);
                note(EventKind::Teleport, step + 1);
            }
            diary.found += turns.iter().filter(|turn| turn.found).count();
            diary.bumps += turns.iter().filter(|turn| turn.bumped).count();
            diary.course.actions.extend(chosen);
            diary.course.rewards.extend(turns.iter().map(|turn| turn.reward));
        }
        diary.first.events.sort_by_key(|event| event.start);
        Ok((stepper, diary))
    }

    /// The first lane as a tape.
    fn tape(&self, environment: &Environment, diary: Diary, values: Vec<f32>, eta: f32, loss: f32) -> Tape {
        let Diary { observations, course, first, .. } = diary;
        let (batch, steps) = (environment.batch(), self.plan.rules.steps);
        let rewards: Vec<f32> = course.rewards.iter().step_by(batch).copied().collect();
        let grid = environment.grid();
        let side = grid.side();
        let walls = (0..side * side).map(|at| grid.is_wall(Square { row: at / side, column: at % side })).collect();
        Tape {
            task: self.task.into(),
            network: self.network(),
            eta,
            iteration: 0,
            seed: None,
            steps,
            drive: first.drive,
            activity: first.activity,
            events: first.events,
            pictures: BTreeMap::new(),
            loss,
            measure: rewards.iter().sum(),
            behaviour: Some(Behaviour {
                observations: observations
                    .chunks_exact(batch * OBSERVATION)
                    .flat_map(|step| &step[..OBSERVATION])
                    .copied()
                    .collect(),
                probabilities: first.probabilities,
                actions: course.actions.iter().step_by(batch).copied().collect(),
                rewards,
                values,
                walk: Some(Walk { side, walls, reward: place(environment.reward_square(0)), squares: first.squares }),
            }),
        }
    }
}

fn place(square: Square) -> [usize; 2] {
    [square.row, square.column]
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

    fn initial(&self, generator: &mut Generator) -> Result<Parameters> {
        let mut parameters = Parameters::default();
        for (name, shape) in self.network().shapes() {
            let count = shape.iter().product();
            let values = match name {
                "eta" => vec![INITIAL_ETA],
                "w" | "alpha" => generator.uniform(count, [0.0, INITIAL_SCALE]),
                // Layers begin within ±1/√(inputs), weights and bias alike.
                _ => {
                    let inputs = if name.starts_with("input") { OBSERVATION } else { self.network().neurons };
                    let bound = 1.0 / (inputs as f32).sqrt();
                    generator.uniform(count, [-bound, bound])
                }
            };
            parameters.insert(name, &shape, &values)?;
        }
        Ok(parameters)
    }

    fn live(&self, parameters: &Parameters, generator: &mut Generator, batch: usize) -> Result<Outcome> {
        if batch == 0 {
            return Err(Error::Msg("a batch needs at least one lifetime".into()));
        }
        let refused = |error: crate::tasks::settings::SettingError| Error::Msg(error.to_string());
        let mut environment = Environment::new(self.plan.rules, batch, generator.fork()).map_err(refused)?;
        let (stepper, diary) = self.walk(parameters, &mut environment, generator)?;

        // Everything once more, all steps at once and part of the graph.
        let (steps, neurons) = (self.plan.rules.steps, self.network().neurons);
        let layer = |input: &Tensor, name: &str| -> Result<Tensor> {
            let weight = parameters.get(&format!("{name}.weight"))?;
            input.matmul(weight)?.broadcast_add(parameters.get(&format!("{name}.bias"))?)
        };
        let observations = Tensor::from_slice(&diary.observations, (steps * batch, OBSERVATION), parameters.device())?;
        let drive = layer(&observations, "input")?.reshape((steps, batch, neurons))?;
        let activity = stepper.finish(parameters, &drive)?.reshape((steps * batch, neurons))?;
        let logits = layer(&activity, "policy")?.reshape((steps, batch, ACTIONS))?;
        let values = layer(&activity, "value")?.reshape((steps, batch))?;
        let losses = a2c::losses(&logits, &values, &diary.course, self.plan.constants)?;
        let loss = losses.mean(0)?;

        let mean = |total: f32| total / batch as f32;
        let measure = mean(diary.course.rewards.iter().sum());
        let details = vec![(FOUND, mean(diary.found as f32)), (BUMPS, mean(diary.bumps as f32))];
        let first_values = values.narrow(1, 0, 1)?.flatten_all()?.to_vec1()?;
        let first_loss = losses.get(0)?.to_scalar()?;
        let tape = self.tape(&environment, diary, first_values, parameters.eta(), first_loss);
        Ok(Outcome { loss, measure, details, tape })
    }
}
