//! Binary patterns: remember five, complete one from half (*Differentiable plasticity*, section 4.1).
//!
//! Per episode: `count` random patterns of `size` bits, each shown `show_steps` steps with `gap_steps`
//! of silence after it, all of them `rounds` times in random order; then one of them with a fraction of
//! its bits blanked, for `probe_steps`. Neurons that are shown something are clamped to it; the others
//! run free. The loss is the summed squared error of the last step.

use super::settings::{Field, Kind, SettingError, Settings};
use super::{Experiment, Measure, Optimiser, Outcome, Task};
use crate::data::{Generator, patterns};
use crate::episode::{Event, EventKind, Tape};
use crate::plastic::network::{AlphaKind, Drive, Network, Plasticity};
use crate::plastic::tensor_file::Array;
use crate::plastic::{Parameters, Rule, live};
use candle_core::{Result, Tensor};
use rand::{Rng as _, seq::SliceRandom as _};
use std::collections::BTreeMap;

/// Weights and plasticity coefficients begin as N(0, 1) times this.
const INITIAL_SCALE: f32 = 0.01;

/// The most memory that one iteration may need, in units of 10⁹ bytes: more than most machines have.
const MOST_MEMORY: f64 = 64.0;

/// η begins here.
const INITIAL_ETA: f32 = 0.01;

const fn whole(key: &'static str, unit: &'static str, help: &'static str, default: i64, min: i64, max: i64) -> Field {
    Field { key, unit, help, kind: Kind::Whole { default, min, max } }
}

const fn real(key: &'static str, help: &'static str, default: f64, min: f64, max: f64) -> Field {
    Field { key, unit: "", help, kind: Kind::Real { default, min, max } }
}

const fn choice(
    key: &'static str,
    help: &'static str,
    default: &'static str,
    options: &'static [&'static str],
) -> Field {
    Field { key, unit: "", help, kind: Kind::Choice { default, options } }
}

const FIELDS: &[Field] = &[
    whole("size", "bits", "elements of a pattern; the network has one neuron more, its bias", 1000, 2, 4000),
    whole("count", "", "patterns to remember in one lifetime", 5, 1, 100),
    whole("show_steps", "steps", "how long a pattern is shown", 10, 1, 1000),
    whole("gap_steps", "steps", "silence after each pattern", 3, 0, 1000),
    whole("rounds", "", "how often every pattern is shown", 3, 1, 100),
    whole("probe_steps", "steps", "how long the blanked pattern is shown", 10, 1, 1000),
    real("blank_fraction", "part of the probe that is blanked", 0.5, 0.0, 1.0),
    choice("network", "with a trace, or the same network without", "plastic", &["plastic", "non_plastic"]),
    choice("rule", "how the trace is written", "decay", &["decay", "oja", "clip"]),
    real("clip", "largest trace under the clipped rule", 1.0, 1e-6, 1e6),
    choice("alpha", "how many plasticity coefficients", "free", &["free", "per_neuron", "yoked"]),
    real("lr", "learning rate of Adam", 1e-3, 0.0, 1.0),
    real("clip_norm", "largest norm of the gradient; 0 leaves it alone", 0.0, 0.0, 1e9),
    whole("batch", "lifetimes", "lifetimes per iteration", 1, 1, 256),
];

/// The task's line in the registry.
pub struct Patterns;

impl Task for Patterns {
    fn name(&self) -> &'static str {
        "patterns"
    }

    fn summary(&self) -> &'static str {
        "remember binary patterns, complete one from half"
    }

    fn fields(&self) -> &'static [Field] {
        FIELDS
    }

    fn usual_iterations(&self) -> u64 {
        200
    }

    fn measure(&self) -> Measure {
        Measure { key: "error", title: "bits with the wrong sign", is_fraction: true }
    }

    fn experiment(&self, settings: &Settings) -> std::result::Result<Box<dyn Experiment>, SettingError> {
        let recall = Recall::new(settings);
        let needed = recall.memory_bytes() / 1e9;
        if needed > MOST_MEMORY {
            return Err(SettingError::TooLarge { needed: needed.ceil() as u64, most: MOST_MEMORY as u64 });
        }
        Ok(Box::new(recall))
    }
}

/// The experiment: the numbers of [`FIELDS`].
struct Recall {
    size: usize,
    count: usize,
    show_steps: usize,
    gap_steps: usize,
    rounds: usize,
    probe_steps: usize,
    blank_fraction: f64,
    plasticity: Option<Plasticity>,
    lr: f64,
    clip_norm: Option<f64>,
    batch: usize,
}

/// One episode before it is lived.
struct Script {
    /// `[T, N]`.
    drive: Vec<f32>,
    events: Vec<Event>,
    study: Vec<Vec<f32>>,
    target: usize,
    probe: Vec<f32>,
}

impl Recall {
    fn new(settings: &Settings) -> Self {
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
        Self {
            size: settings.whole("size"),
            count: settings.whole("count"),
            show_steps: settings.whole("show_steps"),
            gap_steps: settings.whole("gap_steps"),
            rounds: settings.whole("rounds"),
            probe_steps: settings.whole("probe_steps"),
            blank_fraction: settings.real("blank_fraction"),
            plasticity: (settings.choice("network") == "plastic").then_some(Plasticity { rule, alpha }),
            lr: settings.real("lr"),
            clip_norm: Some(settings.real("clip_norm")).filter(|&limit| limit > 0.0),
            batch: settings.whole("batch"),
        }
    }

    /// T: 205 with the paper's settings.
    fn steps(&self) -> usize {
        self.rounds * self.count * (self.show_steps + self.gap_steps) + self.probe_steps
    }

    /// About what one iteration takes: traces (key-frames and a replayed span, about 2√T of them) and activities
    /// (drive, x, and the gradients of both).
    fn memory_bytes(&self) -> f64 {
        let (lanes, neurons, steps) = (self.batch as f64, (self.size + 1) as f64, self.steps() as f64);
        let traces = if self.plasticity.is_some() { 2.0 * steps.sqrt() + 3.0 } else { 0.0 };
        4.0 * lanes * (neurons * neurons * traces + 6.0 * steps * neurons)
    }

    fn script(&self, generator: &mut Generator) -> Script {
        let study: Vec<_> = (0..self.count).map(|_| patterns::binary_pattern(generator, self.size)).collect();
        let target = generator.random_range(0..self.count);
        let probe = patterns::blanked(generator, &study[target], self.blank_fraction);
        let silence = vec![0.0; self.size];
        let (mut drive, mut events) = (Vec::with_capacity(self.steps() * (self.size + 1)), Vec::new());
        let mut show = |kind, index, steps: usize, pattern: &[f32]| {
            if steps > 0 {
                events.push(Event { kind, start: drive.len() / (self.size + 1), steps, index });
            }
            for _ in 0..steps {
                drive.extend_from_slice(pattern);
                // The bias: a neuron fixed at one.
                drive.push(1.0);
            }
        };
        let mut order: Vec<usize> = (0..self.count).collect();
        for _ in 0..self.rounds {
            order.shuffle(generator);
            for &index in &order {
                show(EventKind::Study, Some(index), self.show_steps, &study[index]);
                show(EventKind::Blank, None, self.gap_steps, &silence);
            }
        }
        show(EventKind::Probe, None, self.probe_steps, &probe);
        Script { drive, events, study, target, probe }
    }

    /// The fraction of bits whose sign is wrong; an output of exactly zero counts as wrong.
    fn wrong_bits(&self, output: &[f32], target: &[f32]) -> f32 {
        let wrong = output.iter().zip(target).filter(|(output, target)| **output * **target <= 0.0).count();
        wrong as f32 / self.size as f32
    }
}

impl Experiment for Recall {
    fn network(&self) -> Network {
        Network { neurons: self.size + 1, drive: Drive::Clamp, plasticity: self.plasticity }
    }

    fn optimiser(&self) -> Optimiser {
        Optimiser { lr: self.lr, clip_norm: self.clip_norm, ..Optimiser::default() }
    }

    fn batch(&self) -> usize {
        self.batch
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
        let network = self.network();
        let (steps, neurons) = (self.steps(), network.neurons);
        let scripts: Vec<Script> = (0..batch).map(|_| self.script(generator)).collect();
        let drive: Vec<f32> = (0..steps)
            .flat_map(|step| scripts.iter().flat_map(move |script| &script.drive[step * neurons..][..neurons]))
            .copied()
            .collect();
        let device = parameters.device();
        let drive = Tensor::from_vec(drive, (steps, batch, neurons), device)?;
        let activity = live(network, parameters, &drive, false)?.activity;

        let targets: Vec<f32> = scripts.iter().flat_map(|script| &script.study[script.target]).copied().collect();
        let target = Tensor::from_slice(&targets, (batch, self.size), device)?;
        let output = activity.narrow(0, steps - 1, 1)?.squeeze(0)?.narrow(1, 0, self.size)?;
        let squared_error = (&output - target)?.sqr()?;
        let loss = (squared_error.sum_all()? / batch as f64)?;

        let outputs: Vec<f32> = output.flatten_all()?.to_vec1()?;
        let errors: Vec<f32> = outputs
            .chunks(self.size)
            .zip(targets.chunks(self.size))
            .map(|(output, target)| self.wrong_bits(output, target))
            .collect();
        let first_activity = activity.narrow(1, 0, 1)?.flatten_all()?.to_vec1()?;
        let first_loss = squared_error.get(0)?.sum_all()?.to_scalar()?;
        let measure = errors.iter().sum::<f32>() / batch as f32;
        let first = scripts.into_iter().next().map(|script| Tape {
            task: "patterns".into(),
            network,
            eta: parameters.eta(),
            iteration: 0,
            seed: None,
            steps,
            pictures: BTreeMap::from([
                ("study".to_owned(), Array::new(&[self.count, self.size], script.study.concat())),
                ("target".to_owned(), Array::new(&[self.size], script.study[script.target].clone())),
                ("probe".to_owned(), Array::new(&[self.size], script.probe)),
            ]),
            drive: script.drive,
            activity: first_activity,
            events: script.events,
            loss: first_loss,
            measure: errors[0],
        });
        let tape = first.ok_or_else(|| candle_core::Error::Msg("a batch needs at least one lifetime".into()))?;
        Ok(Outcome { loss, measure, tape })
    }
}
