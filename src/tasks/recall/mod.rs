//! Recall: what tasks have in common that show examples, then part of one, and ask for the rest
//! (*Differentiable plasticity*, sections 4.1 and 4.3).
//!
//! Per lifetime: `count` examples, each shown `show_steps` steps with `gap_steps` of silence after it, all of them
//! `rounds` times in random order; then one of them in part, for `probe_steps`. Neurons that are shown something are
//! clamped to it; the others run free. The loss is the summed squared error of the last step.

use super::record::of_the_first;
use super::script::{self, Episode, Script};
use super::settings::{Field, SettingError, Settings};
use super::tally::Tally;
use super::{Experiment, Measure, Optimiser, Outcome, Purpose, fields};
use crate::data::{Generator, Provenance};
use crate::episode::{Content, Event, EventKind, Origin, Question, Tape};
use crate::plastic::{Network, Parameters, Plasticity, Specification, Writing};
use candle_core::{Error, Result, Tensor};
use rand::{Rng as _, seq::SliceRandom as _};
use std::sync::Arc;

mod cells;
mod recalled;

pub use cells::{CellKind, Cells, RecallOutput};
pub use recalled::Recalled;

/// Settings that every recall task has, beside the lengths and the learning rate, which differ.
pub const NETWORK: Field =
    Field::choice("network", "network", "with a trace, or the same network without", &["plastic", "non_plastic"]);
/// The bound of the clipped rule.
pub const CLIP: Field = Field::real("clip", "trace bound", "largest trace under the clipped rule", 1.0, [1e-6, 1e6]);
/// Clipping of the gradient.
pub const CLIP_NORM: Field =
    Field::real("clip_norm", "gradient clipping", "largest norm of the gradient; 0 leaves it alone", 0.0, [0.0, 1e9])
        .of_training();
/// Lifetimes per iteration.
pub const BATCH: Field =
    Field::whole("batch", "batch size", "episodes", "episodes per iteration", 1, [1, 256]).of_training();

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
    /// What is put on record of them with a network that learns from them; `None` where the settings say it all.
    fn provenance(&self) -> Option<&Provenance> {
        None
    }
    /// What an evaluation tells beside the measures, see [`Experiment::tally`].
    fn tally(&self) -> Option<Box<dyn Tally>> {
        None
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
    /// Elements of an example.
    size: usize,
    count: usize,
    show_steps: usize,
    gap_steps: usize,
    rounds: usize,
    probe_steps: usize,
    cells: Cells,
    optimiser: Optimiser,
    batch: usize,
}

impl Plan {
    /// The numbers of `settings` for examples of `size` elements, with a network of neurons that are clamped to them.
    pub fn new(settings: &Settings, size: usize) -> Self {
        Self {
            size,
            count: settings.whole("count"),
            show_steps: settings.whole("show_steps"),
            gap_steps: settings.whole("gap_steps"),
            rounds: settings.whole("rounds"),
            probe_steps: settings.whole("probe_steps"),
            cells: Cells::clamped(plasticity(settings)),
            optimiser: fields::optimiser(settings),
            batch: settings.whole("batch"),
        }
    }

    /// The same numbers with another network.
    #[must_use]
    pub fn with_cells(self, cells: Cells) -> Self {
        Self { cells, ..self }
    }

    /// The same numbers, if there is memory for them: in training for a batch of lifetimes, otherwise for one.
    ///
    /// # Errors
    /// When they ask for too much together.
    pub fn within_memory(self, purpose: Purpose) -> std::result::Result<Self, SettingError> {
        let lifetimes = if purpose == Purpose::Training { self.batch } else { 1 };
        fields::check_memory(self.memory_bytes(lifetimes))?;
        Ok(self)
    }

    /// The network that lives such lifetimes.
    pub fn network(&self) -> Network {
        self.cells.network(self.size)
    }

    /// T: 205 for patterns and 210 for images, with the paper's settings.
    fn steps(&self) -> usize {
        self.rounds * self.count * (self.show_steps + self.gap_steps) + self.probe_steps
    }

    /// About what one iteration takes: traces and activities (drive, x, and the gradients of both).
    fn memory_bytes(&self, lifetimes: usize) -> f64 {
        let (neurons, steps) = (self.cells.width(self.size) as f64, self.steps());
        let traces = if self.cells.is_plastic() { fields::kept_traces(steps as f64) } else { 0.0 };
        4.0 * lifetimes as f64 * (neurons * neurons * traces + self.cells.numbers(self.size, steps))
    }
}

/// What is plastic in a network of recurrent neurons, as [`NETWORK`] and what follows it say; `None` where nothing is.
pub fn plasticity(settings: &Settings) -> Option<Plasticity> {
    let (alpha, writing) = (fields::alpha(settings), Writing::Rule(fields::rule(settings)));
    (settings.choice("network") == "plastic").then_some(Plasticity { alpha, writing })
}

/// The experiment: lives lifetimes as planned, on examples of one kind.
pub struct Recall<E> {
    plan: Plan,
    examples: E,
}

/// A lifetime as it is shown to the network.
struct Shown {
    /// `[T, …]`.
    drive: Vec<f32>,
    events: Vec<Event>,
}

impl<E: Examples> Recall<E> {
    /// The experiment of a task.
    pub fn new(plan: Plan, examples: E) -> Self {
        Self { plan, examples }
    }

    fn show(&self, Recalled { question, order }: &Recalled) -> Shown {
        let Plan { size, show_steps, gap_steps, probe_steps, cells, .. } = self.plan;
        let (silence, width) = (vec![0.0; size], cells.width(size));
        let (mut drive, mut events) = (Vec::with_capacity(self.plan.steps() * width), Vec::new());
        let mut show = |kind, index, steps: usize, example: &[f32]| {
            if steps > 0 {
                events.push(Event { kind, start: drive.len() / width, steps, index });
            }
            for _ in 0..steps {
                cells.show(&mut drive, example);
            }
        };
        for &index in order {
            show(EventKind::Study, Some(index), show_steps, &question.study[index]);
            show(EventKind::Blank, None, gap_steps, &silence);
        }
        show(EventKind::Probe, None, probe_steps, &question.probe);
        Shown { drive, events }
    }

    /// All steps of lifetimes that are shown `drive`, `[T, B, …]`, attached to the graph unless somebody does something.
    fn lived(&self, parameters: &Parameters, scripts: &[Script], drive: &Tensor) -> Result<RecallOutput> {
        let (network, steps) = (self.network(), self.plan.steps());
        let interventions = script::interventions(scripts, &network, steps)?;
        if scripts.iter().all(Script::is_plain) {
            return self.plan.cells.live(&network, parameters, drive);
        }
        let mut stepper = script::begin(&network, parameters, scripts, steps)?;
        script::live_through(&mut stepper, parameters, interventions, steps, |stepper, span| {
            stepper.advance(&drive.narrow(0, span.start, span.len())?)
        })?;
        RecallOutput::of_neurons(stepper.finish(parameters, drive)?, drive)
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

    fn provenance(&self) -> Option<&Provenance> {
        self.examples.provenance()
    }

    fn tally(&self, _generator: Generator, _since: Option<usize>) -> Option<Box<dyn Tally>> {
        self.examples.tally()
    }

    fn specifications(&self) -> Vec<Specification> {
        self.plan.cells.specifications(self.plan.size)
    }

    fn draw(&self, generator: &mut Generator) -> Script {
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
        Episode::Recall(Recalled { question: Question { study, target, probe }, order }).into()
    }

    fn live(&self, parameters: &Parameters, scripts: Vec<Script>, origin: Origin) -> Result<Outcome> {
        let (network, device) = (self.network(), parameters.device());
        let Plan { count, size, rounds, .. } = self.plan;
        let (steps, width, batch) = (self.plan.steps(), self.plan.cells.width(size), scripts.len());
        let recalled = |script: &Script| match &script.episode {
            Episode::Recall(recalled) => {
                recalled.check(count, size, rounds).map_err(Error::Msg)?;
                Ok(recalled.clone())
            }
            Episode::Maze { .. } | Episode::Trials { .. } | Episode::OneShot(_) | Episode::Text(_) => {
                Err(Error::Msg("expected an episode of a network that recalls, found another".into()))
            }
        };
        let episodes: Vec<Recalled> = scripts.iter().map(recalled).collect::<Result<_>>()?;
        let shown: Vec<Shown> = episodes.iter().map(|episode| self.show(episode)).collect();
        let drive: Vec<f32> = (0..steps)
            .flat_map(|step| shown.iter().flat_map(move |shown| &shown.drive[step * width..][..width]))
            .copied()
            .collect();
        let drive = Tensor::from_vec(drive, (steps, batch, width), device)?;
        let RecallOutput { activity, drive, gates } = self.lived(parameters, &scripts, &drive)?;

        let targets: Vec<f32> = episodes.iter().flat_map(|episode| episode.question.asked()).copied().collect();
        let target = Tensor::from_vec(targets, (batch, size), device)?;
        let output = activity.narrow(0, steps - 1, 1)?.squeeze(0)?.narrow(1, 0, size)?;
        let squared_error = (&output - target)?.sqr()?;
        let loss = (squared_error.sum_all()? / batch as f64)?;

        let outputs: Vec<f32> = output.flatten_all()?.to_vec1()?;
        let scores: Vec<Score> = episodes
            .iter()
            .zip(outputs.chunks(size))
            .map(|(episode, answer)| self.examples.score(&episode.question, answer))
            .collect();
        let (measure, details) = averaged(&scores);
        let firsts = (episodes.into_iter().next(), shown.into_iter().next(), scripts.first());
        let (Some(first), Some(first_shown), Some(script)) = firsts else {
            return Err(Error::Msg("a batch needs at least one lifetime".into()));
        };
        let lived: Arc<[f32]> = of_the_first(&activity)?.into();
        let tape = Tape {
            origin,
            // A rule writes the traces of such networks: nothing modulates them.
            layers: script::recurrent_layers(&network, parameters, script, Vec::new(), &lived)?,
            network,
            steps,
            content: Content::Recall(first.question),
            drive,
            gates,
            activity: lived,
            events: first_shown.events,
            interventions: script.interventions.clone(),
            loss: squared_error.get(0)?.sum_all()?.to_scalar()?,
            measure: scores[0].measure,
        };
        Ok(Outcome { loss, measure, details, tape, left: Vec::new() })
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
