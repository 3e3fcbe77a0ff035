//! Recall: what tasks have in common that show examples, then part of one, and ask for the rest
//! (*Differentiable plasticity*, sections 4.1 and 4.3).
//!
//! Per lifetime: `count` examples, each shown `show_steps` steps with `gap_steps` of silence after it, all of them
//! `rounds` times in random order; then one of them in part, for `probe_steps`. Neurons that are shown something are
//! clamped to it; the others run free. The loss is the summed squared error of the last step.

use super::settings::{Field, SettingError, Settings};
use super::{Experiment, Measure, Optimiser, Outcome};
use crate::data::Generator;
use crate::episode::{Event, EventKind, Tape};
use crate::files::Array;
use crate::plastic::network::{AlphaKind, Drive, Network, Plasticity};
use crate::plastic::{Parameters, Rule, Writing, live};
use candle_core::{Result, Tensor};
use rand::{Rng as _, seq::SliceRandom as _};
use std::collections::BTreeMap;

mod asked;

pub use asked::Asked;

/// Weights and plasticity coefficients begin as N(0, 1) times this.
const INITIAL_SCALE: f32 = 0.01;

/// The most memory that one iteration may need, in units of 10⁹ bytes: more than most machines have.
const MOST_MEMORY: f64 = 64.0;

/// η begins here.
const INITIAL_ETA: f32 = 0.01;

/// Settings that every recall task has, beside the lengths and the learning rate, which differ.
pub const NETWORK: Field =
    Field::choice("network", "with a trace, or the same network without", &["plastic", "non_plastic"]);
/// How the trace is written.
pub const RULE: Field = Field::choice("rule", "how the trace is written", &["decay", "oja", "clip"]);
/// The bound of the clipped rule.
pub const CLIP: Field = Field::real("clip", "largest trace under the clipped rule", 1.0, [1e-6, 1e6]);
/// Free, per neuron or yoked.
pub const ALPHA: Field = Field::choice("alpha", "how many plasticity coefficients", &["free", "per_neuron", "yoked"]);
/// When the learning rate changes.
pub const LR_EVERY: Field = Field::whole(
    "lr_every",
    "iterations",
    "after each so many iterations the learning rate is multiplied by lr_factor; 0 leaves it alone",
    0,
    [0, 1 << 40],
);
/// How much the learning rate changes.
pub const LR_FACTOR: Field =
    Field::real("lr_factor", "what the learning rate is multiplied by every lr_every iterations", 1.0, [1e-6, 1.0]);
/// Clipping of the gradient.
pub const CLIP_NORM: Field =
    Field::real("clip_norm", "largest norm of the gradient; 0 leaves it alone", 0.0, [0.0, 1e9]);
/// Lifetimes per iteration.
pub const BATCH: Field = Field::whole("batch", "lifetimes", "lifetimes per iteration", 1, [1, 256]);

/// What is recalled, and how well.
pub trait Examples: Send {
    /// `count` different examples. No value is exactly zero: zero means "not shown".
    fn draw(&self, generator: &mut Generator, count: usize) -> Vec<Vec<f32>>;
    /// A copy of `example` with zero in place of everything that is asked for.
    fn probe(&self, generator: &mut Generator, example: &[f32]) -> Vec<f32>;
    /// How good the `answer` of the last step is.
    fn score(&self, question: &Question, answer: &[f32]) -> Score;
    /// What they are, in a few words; `None` where they are made up and there is nothing to tell.
    fn description(&self) -> Option<String> {
        None
    }
    /// Tells them from others of the same settings; `None` where the settings say it all.
    fn fingerprint(&self) -> Option<&str> {
        None
    }
}

/// What a network was shown and asked.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The examples shown.
    pub study: Vec<Vec<f32>>,
    /// Which of them is asked for.
    pub target: usize,
    /// What is shown of it; zero is asked for.
    pub probe: Vec<f32>,
}

impl Question {
    /// The question of a recorded lifetime; `None` where the lifetime asked none, or its pictures do not fit together.
    pub fn of(tape: &Tape) -> Option<Self> {
        let [study, target, probe] = ["study", "target", "probe"].map(|name| tape.pictures.get(name));
        let (study, target, probe) = (study?, &target?.values, &probe?.values);
        let &[_, size] = study.shape.as_slice() else { return None };
        if size == 0 || target.len() != size || probe.len() != size || tape.network.neurons != size + 1 {
            return None;
        }
        let study: Vec<Vec<f32>> = study.values.chunks_exact(size).map(<[f32]>::to_vec).collect();
        let target = study.iter().position(|example| example == target)?;
        Some(Self { study, target, probe: probe.clone() })
    }

    /// How many numbers an example has.
    pub fn size(&self) -> usize {
        self.probe.len()
    }

    /// The example that is asked for.
    pub fn asked(&self) -> &[f32] {
        &self.study[self.target]
    }
}

/// How good an answer is.
pub struct Score {
    /// The task's measure.
    pub measure: f32,
    /// What else there is to say.
    pub details: Vec<(Measure, f32)>,
}

/// The numbers of a recall task.
#[derive(Clone, Copy)]
pub struct Plan {
    /// Elements of an example; the network has one neuron more, its bias.
    size: usize,
    count: usize,
    show_steps: usize,
    gap_steps: usize,
    rounds: usize,
    probe_steps: usize,
    plasticity: Option<Plasticity>,
    optimiser: Optimiser,
    batch: usize,
}

impl Plan {
    /// The numbers of `settings` for examples of `size` elements.
    ///
    /// # Errors
    /// When they ask for too much memory together.
    pub fn new(settings: &Settings, size: usize) -> std::result::Result<Self, SettingError> {
        let rule = match settings.choice("rule") {
            "oja" => Rule::Oja,
            "clip" => Rule::Clip { bound: settings.real("clip") as f32 },
            _ => Rule::Decay,
        };
        let alpha = match settings.choice("alpha") {
            "per_neuron" => AlphaKind::PerNeuron,
            "yoked" => AlphaKind::Yoked,
            _ => AlphaKind::Free,
        };
        let plan = Self {
            size,
            count: settings.whole("count"),
            show_steps: settings.whole("show_steps"),
            gap_steps: settings.whole("gap_steps"),
            rounds: settings.whole("rounds"),
            probe_steps: settings.whole("probe_steps"),
            plasticity: (settings.choice("network") == "plastic")
                .then_some(Plasticity { alpha, writing: Writing::Rule(rule) }),
            optimiser: Optimiser {
                lr: settings.real("lr"),
                lr_every: settings.whole("lr_every") as u64,
                lr_factor: settings.real("lr_factor"),
                clip_norm: Some(settings.real("clip_norm")).filter(|&limit| limit > 0.0),
                ..Optimiser::default()
            },
            batch: settings.whole("batch"),
        };
        let needed = plan.memory_bytes() / 1e9;
        if needed > MOST_MEMORY {
            return Err(SettingError::TooLarge { needed: needed.ceil() as u64, most: MOST_MEMORY as u64 });
        }
        Ok(plan)
    }

    /// The network that lives such lifetimes.
    pub fn network(&self) -> Network {
        Network { neurons: self.size + 1, drive: Drive::Clamp, plasticity: self.plasticity, layers: None }
    }

    /// T: 205 for patterns and 210 for images, with the paper's settings.
    fn steps(&self) -> usize {
        self.rounds * self.count * (self.show_steps + self.gap_steps) + self.probe_steps
    }

    /// About what one iteration takes: traces (key-frames and rebuilt ones, two dozen or 2√T) and activities
    /// (drive, x, and the gradients of both).
    fn memory_bytes(&self) -> f64 {
        let (lanes, neurons, steps) = (self.batch as f64, (self.size + 1) as f64, self.steps() as f64);
        let traces = if self.plasticity.is_some() { (2.0 * steps.sqrt()).max(24.0).min(steps) + 3.0 } else { 0.0 };
        4.0 * lanes * (neurons * neurons * traces + 6.0 * steps * neurons)
    }
}

/// The experiment: lives lifetimes as planned, on examples of one kind.
pub struct Recall<E> {
    task: &'static str,
    plan: Plan,
    examples: E,
}

/// One lifetime before it is lived.
struct Script {
    /// `[T, N]`.
    drive: Vec<f32>,
    events: Vec<Event>,
    question: Question,
}

impl<E: Examples> Recall<E> {
    /// The experiment of `task`.
    pub fn new(task: &'static str, plan: Plan, examples: E) -> Self {
        Self { task, plan, examples }
    }

    /// What is asked in a new lifetime.
    fn draw(&self, generator: &mut Generator) -> Asked {
        let Plan { count, rounds, .. } = self.plan;
        let study = self.examples.draw(generator, count);
        let target = generator.random_range(0..count);
        let probe = self.examples.probe(generator, &study[target]);
        let mut round: Vec<usize> = (0..count).collect();
        let mut order = Vec::with_capacity(rounds * count);
        for _ in 0..rounds {
            round.shuffle(generator);
            order.extend_from_slice(&round);
        }
        Asked { question: Question { study, target, probe }, order }
    }

    fn script(&self, asked: Asked) -> Script {
        let Plan { size, show_steps, gap_steps, probe_steps, .. } = self.plan;
        let Asked { question, order } = asked;
        let silence = vec![0.0; size];
        let (mut drive, mut events) = (Vec::with_capacity(self.plan.steps() * (size + 1)), Vec::new());
        let mut show = |kind, index, steps: usize, example: &[f32]| {
            if steps > 0 {
                events.push(Event { kind, start: drive.len() / (size + 1), steps, index });
            }
            for _ in 0..steps {
                drive.extend_from_slice(example);
                // The bias: a neuron fixed at one.
                drive.push(1.0);
            }
        };
        for index in order {
            show(EventKind::Study, Some(index), show_steps, &question.study[index]);
            show(EventKind::Blank, None, gap_steps, &silence);
        }
        show(EventKind::Probe, None, probe_steps, &question.probe);
        Script { drive, events, question }
    }

    /// Lives what is written, all of it at once.
    fn live_scripts(&self, parameters: &Parameters, scripts: Vec<Script>) -> Result<Outcome> {
        let (network, device) = (self.network(), parameters.device());
        let (size, steps, neurons) = (self.plan.size, self.plan.steps(), network.neurons);
        let batch = scripts.len();
        let drive: Vec<f32> = (0..steps)
            .flat_map(|step| scripts.iter().flat_map(move |script| &script.drive[step * neurons..][..neurons]))
            .copied()
            .collect();
        let drive = Tensor::from_vec(drive, (steps, batch, neurons), device)?;
        let activity = live(network, parameters, &drive, false)?.activity;

        let targets: Vec<f32> =
            scripts.iter().flat_map(|script| &script.question.study[script.question.target]).copied().collect();
        let target = Tensor::from_vec(targets, (batch, size), device)?;
        let output = activity.narrow(0, steps - 1, 1)?.squeeze(0)?.narrow(1, 0, size)?;
        let squared_error = (&output - target)?.sqr()?;
        let loss = (squared_error.sum_all()? / batch as f64)?;

        let outputs: Vec<f32> = output.flatten_all()?.to_vec1()?;
        let scores: Vec<Score> = scripts
            .iter()
            .zip(outputs.chunks(size))
            .map(|(script, answer)| self.examples.score(&script.question, answer))
            .collect();
        let (measure, details) = averaged(&scores);
        let first_activity = activity.narrow(1, 0, 1)?.flatten_all()?.to_vec1()?;
        let first_loss = squared_error.get(0)?.sum_all()?.to_scalar()?;
        let first = scripts.into_iter().next().map(|Script { drive, events, question }| Tape {
            task: self.task.into(),
            network,
            eta: parameters.eta(),
            iteration: 0,
            seed: None,
            steps,
            pictures: BTreeMap::from([
                ("study".to_owned(), Array::new(&[self.plan.count, size], question.study.concat())),
                ("target".to_owned(), Array::new(&[size], question.study[question.target].clone())),
                ("probe".to_owned(), Array::new(&[size], question.probe)),
            ]),
            drive,
            activity: first_activity,
            behaviour: None,
            modulator: None,
            events,
            interventions: Vec::new(),
            run: None,
            loss: first_loss,
            measure: scores[0].measure,
        });
        let tape = first.ok_or_else(|| candle_core::Error::Msg("a batch needs at least one lifetime".into()))?;
        Ok(Outcome { loss, measure, details, tape })
    }
}

impl<E: Examples> Experiment for Recall<E> {
    fn network(&self) -> Network {
        self.plan.network()
    }

    fn optimiser(&self) -> Optimiser {
        self.plan.optimiser
    }

    fn batch(&self) -> usize {
        self.plan.batch
    }

    fn examples(&self) -> Option<String> {
        self.examples.description()
    }

    fn fingerprint(&self) -> Option<&str> {
        self.examples.fingerprint()
    }

    fn initial(&self, generator: &mut Generator) -> Result<Parameters> {
        let mut parameters = Parameters::default();
        for (name, shape) in self.network().shapes() {
            let values = match name {
                "eta" => vec![INITIAL_ETA],
                _ => generator.normal(shape.iter().product(), INITIAL_SCALE),
            };
            parameters.insert(name, &shape, &values)?;
        }
        Ok(parameters)
    }

    fn live(&self, parameters: &Parameters, generator: &mut Generator, batch: usize) -> Result<Outcome> {
        let scripts = (0..batch).map(|_| self.script(self.draw(generator))).collect();
        self.live_scripts(parameters, scripts)
    }

    fn live_asked(&self, parameters: &Parameters, asked: Asked) -> Result<Outcome> {
        let Plan { count, size, rounds, .. } = self.plan;
        asked.check(count, size, rounds).map_err(candle_core::Error::Msg)?;
        self.live_scripts(parameters, vec![self.script(asked)])
    }
}

/// The means over a batch; every score has the same details.
fn averaged(scores: &[Score]) -> (f32, Vec<(Measure, f32)>) {
    let mean = |value: &dyn Fn(&Score) -> f32| scores.iter().map(value).sum::<f32>() / scores.len() as f32;
    let measures = scores.first().map_or(&[][..], |score| &score.details);
    let details =
        measures.iter().enumerate().map(|(index, (measure, _))| (*measure, mean(&|score| score.details[index].1)));
    (mean(&|score| score.measure), details.collect())
}
