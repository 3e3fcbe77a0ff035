//! One iteration after another: live, differentiate, step. No thread and no files.

use super::adam::Adam;
use super::config::RunConfig;
use super::gradients::{DeviceGradients, clip_scale, global_norm, to_host};
use crate::data::{Generator, Provenance, Stream};
use crate::device::{Compute, memory};
use crate::episode::{Origin, Tape};
use crate::plastic::direct::{Direct, Slopes};
use crate::plastic::{Parameters, State};
use crate::tasks::Experiment;
use crate::tasks::settings::SettingError;
use candle_core::{Tensor, Var};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The numbers of one iteration.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// The loss, averaged over the batch.
    pub loss: f32,
    /// The task's measure.
    pub measure: f32,
    /// η after the step; zero for a network that trains none.
    pub eta: f32,
    /// The global L2 norm of the gradient before clipping.
    pub grad_norm: f32,
}

/// What a network came to on examples that say when to stop.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Validation {
    /// Iterations that lay behind.
    pub iteration: u64,
    /// The task's measure.
    pub value: f32,
}

/// The numbers of all iterations of a run, the first one at index 0.
pub type Curve = Vec<Point>;

/// The gradient of the loss with respect to every parameter, row major, by the parameter's name.
pub type Gradients = BTreeMap<String, Vec<f32>>;

/// Why training could not go on.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// NaN or infinity appeared.
    #[error("training stopped at iteration {iteration}: {place} became {value}")]
    NonFinite {
        /// The iteration, counted from one.
        iteration: u64,
        /// The tensor and the place in it where it began.
        place: String,
        /// NaN or infinity.
        value: f32,
    },
    /// Candle refused.
    #[error("training stopped at iteration {iteration}: {reason}")]
    Candle {
        /// The iteration, counted from one.
        iteration: u64,
        /// Its reason.
        reason: String,
    },
}

/// A run in memory: network, optimiser, generator, curve.
pub struct Trainer {
    pub(super) config: RunConfig,
    /// The same as every tape keeps it.
    run: Arc<Value>,
    pub(super) experiment: Box<dyn Experiment>,
    /// Why a run that has just begun learns from other examples than the circumstances promise, where it does.
    absence: Option<String>,
    pub(super) parameters: Parameters,
    pub(super) adam: Adam,
    pub(super) generator: Generator,
    pub(super) curve: Curve,
    pub(super) last_tape: Option<Arc<Tape>>,
    /// What the last iteration left to the next one.
    pub(super) carried: Vec<Arc<State>>,
    pub(super) validations: Vec<Validation>,
    keeps_gradients: bool,
    /// Of the last iteration, with what the optimiser multiplied them by.
    pub(super) last_gradients: Option<(DeviceGradients, f32)>,
}

impl Trainer {
    /// A new run. What its settings leave to the circumstances is settled here, and stands in [`Self::config`].
    ///
    /// # Errors
    /// When the settings ask for too much together, or examples are missing, damaged, or others than before.
    pub fn new(mut config: RunConfig) -> Result<Self, SettingError> {
        let absence = config.settle()?;
        let experiment = config.training_experiment()?;
        Ok(Self { absence, ..Self::with_experiment(config, experiment) })
    }

    /// A new run of an experiment that is not in the registry.
    ///
    /// # Panics
    /// When Candle cannot make the parameters, which takes a network larger than the memory.
    pub fn with_experiment(config: RunConfig, experiment: Box<dyn Experiment>) -> Self {
        memory::keep_what_is_freed();
        let mut generator = Generator::new(config.seed, Stream::Initialisation);
        let parameters = Parameters::new(&experiment.specifications(), &mut generator)
            .expect("there is memory for the parameters of a new network");
        let generator = Generator::new(config.seed, Stream::Training);
        let adam = Adam::new(experiment.optimiser());
        let run = config.to_json();
        Self {
            config,
            run,
            experiment,
            absence: None,
            parameters,
            adam,
            generator,
            curve: Vec::new(),
            last_tape: None,
            carried: Vec::new(),
            validations: Vec::new(),
            keeps_gradients: false,
            last_gradients: None,
        }
    }

    /// What the run learns from, in a few words, and why, where it was to be something else; `None` where there is
    /// nothing to tell.
    pub fn examples(&self) -> Option<String> {
        let told = [self.experiment.examples(), self.absence.clone()].into_iter().flatten().collect::<Vec<_>>();
        (!told.is_empty()).then(|| told.join("; "))
    }

    /// Whether it learns from other examples than the circumstances promise, which [`Self::examples`] tells.
    pub fn has_other_examples(&self) -> bool {
        self.absence.is_some()
    }

    /// Goes on computing on `compute`.
    ///
    /// # Errors
    /// When the device has no room or fails.
    pub fn move_to(&mut self, compute: &Compute) -> Result<(), TrainError> {
        let iteration = self.iteration() + 1;
        let candle = |error: candle_core::Error| TrainError::Candle { iteration, reason: error.to_string() };
        let moments = self.adam.moments(self.parameters.device()).map_err(candle)?;
        self.parameters = self.parameters.copy_to(compute).map_err(candle)?;
        self.adam = Adam::restored(self.adam.settings, self.adam.steps, moments);
        Ok(())
    }

    /// The run's description.
    pub fn config(&self) -> &RunConfig {
        &self.config
    }

    /// Changes the length of the whole run.
    pub fn set_iterations(&mut self, iterations: u64) {
        self.config.iterations = iterations;
        self.run = self.config.to_json();
    }

    /// Changes what is on record of what the run learns from.
    pub(super) fn set_provenance(&mut self, provenance: Option<Provenance>) {
        self.config.provenance = provenance;
        self.run = self.config.to_json();
    }

    /// How many iterations lie behind.
    pub fn iteration(&self) -> u64 {
        self.curve.len() as u64
    }

    /// The numbers so far.
    pub fn curve(&self) -> &[Point] {
        &self.curve
    }

    /// What it has come to after each epoch on examples that say when to stop; none where there are none.
    pub fn validations(&self) -> &[Validation] {
        &self.validations
    }

    /// After how many iterations an epoch ends; `None` where there are none.
    pub fn epoch(&self) -> Option<u64> {
        self.experiment.epoch()
    }

    /// Validates the network where an epoch has just ended; `None` where none has, or there is nothing to validate with.
    ///
    /// # Errors
    /// When the device fails.
    pub fn validate(&mut self) -> Result<Option<Validation>, TrainError> {
        let iteration = self.iteration();
        let is_due = self.epoch().is_some_and(|epoch| iteration > 0 && iteration.is_multiple_of(epoch));
        if !is_due || self.validations.last().is_some_and(|last| last.iteration >= iteration) {
            return Ok(None);
        }
        let found = self.experiment.validate(&self.parameters);
        let found = found.map_err(|error| TrainError::Candle { iteration, reason: error.to_string() })?;
        let Some(value) = found.filter(|value| value.is_finite()) else { return Ok(None) };
        let validation = Validation { iteration, value };
        self.validations.push(validation);
        Ok(Some(validation))
    }

    /// Whether nothing that was validated before was better than the last one.
    pub fn is_best(&self) -> bool {
        let measure = self.config.task().measure();
        let badness = |validation: &Validation| measure.badness(validation.value);
        self.validations
            .split_last()
            .is_some_and(|(last, earlier)| earlier.iter().all(|other| badness(last) < badness(other)))
    }

    /// The network as it is now.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// The last lifetime lived in training.
    pub fn last_tape(&self) -> Option<&Arc<Tape>> {
        self.last_tape.as_ref()
    }

    /// Keeps the gradients of each iteration until the next one, for those who want to see them. Nothing is copied,
    /// but one more set of numbers as large as the network stays in memory.
    pub fn keep_gradients(&mut self) {
        self.keeps_gradients = true;
    }

    /// The gradients of the last iteration as the optimiser took them: of the batch's mean loss, clipped where the
    /// experiment clips; a copy. `None` before the first iteration and unless they are [kept](Self::keep_gradients).
    pub fn last_gradients(&self) -> Option<Arc<Gradients>> {
        let (gradients, scale) = self.last_gradients.as_ref()?;
        // A copy that fails for want of memory is tried again at the next iteration.
        to_host(gradients, *scale).ok().map(Arc::new)
    }

    /// One iteration. After an error the run is as it was before it, what it will draw next included.
    ///
    /// # Errors
    /// When NaN or infinity appears.
    pub fn step(&mut self) -> Result<Point, TrainError> {
        let generator = self.generator.clone();
        self.attempt().inspect_err(|_| self.generator = generator)
    }

    fn attempt(&mut self) -> Result<Point, TrainError> {
        let iteration = self.iteration() + 1;
        let candle = |error: candle_core::Error| TrainError::Candle { iteration, reason: error.to_string() };
        let scripts = self.experiment.draw_next(&mut self.generator, iteration - 1, &self.carried);
        let origin = Origin {
            task: self.config.task().name().to_owned(),
            iteration: iteration - 1,
            seed: None,
            run: Some(Arc::clone(&self.run)),
        };
        let outcome = self.experiment.live(&self.parameters, scripts, origin).map_err(candle)?;
        let loss: f32 = outcome.loss.to_scalar().map_err(candle)?;
        if !loss.is_finite() {
            return Err(self.where_it_began(iteration, loss, &outcome.tape));
        }
        if !outcome.measure.is_finite() {
            return Err(TrainError::NonFinite { iteration, place: "the measure".into(), value: outcome.measure });
        }
        let gradients = self.gradients(&outcome.loss).map_err(candle)?;
        let limit = self.adam.settings.clip_norm;
        let norm = global_norm(&gradients).map_err(candle)?;
        let scale = clip_scale(norm, limit);
        if !norm.is_finite() {
            let gradients = to_host(&gradients, scale).map_err(candle)?;
            let (name, index, value) = first_non_finite(&gradients).unwrap_or(("all", 0, f32::INFINITY));
            let place = format!("the gradient of {name} at position {index}");
            return Err(TrainError::NonFinite { iteration, place, value });
        }
        // Adam keeps squares: one that overflows would silence its parameter for ever.
        let applied = limit.map_or(norm, |limit| norm.min(limit));
        if !(norm as f32).is_finite() || !((applied * applied) as f32).is_finite() {
            let place = "the squared norm of the gradient".to_owned();
            return Err(TrainError::NonFinite { iteration, place, value: f32::INFINITY });
        }
        self.adam.step(&mut self.parameters, &gradients, scale).map_err(candle)?;
        self.keep_rates().map_err(candle)?;
        self.last_gradients = self.keeps_gradients.then_some((gradients, scale));
        self.last_tape = Some(Arc::new(outcome.tape));
        self.carried = outcome.left;
        let eta = self.eta().map_err(candle)?;
        let point = Point { loss, measure: outcome.measure, eta, grad_norm: norm as f32 };
        self.curve.push(point);
        Ok(point)
    }

    /// The gradient of `loss` by every parameter: by Candle's graph, or as an operation has handed it over.
    fn gradients(&self, loss: &Tensor) -> candle_core::Result<DeviceGradients> {
        let slopes = Slopes::of(loss, &self.parameters)?;
        let needs_whole = self.keeps_gradients || !self.adam.settings.takes_rows();
        let gradient = |(name, var): (&str, &Var)| {
            let gradient = match slopes.by(name, var.as_tensor())? {
                Some(Direct::Rows(rows)) if needs_whole => Direct::Whole(rows.whole(var.dims(), var.device())?),
                Some(outer @ Direct::Outer(_)) if self.keeps_gradients => {
                    Direct::Whole(outer.whole(var.dims(), var.device())?)
                }
                Some(gradient) => gradient,
                None => Direct::Whole(var.zeros_like()?),
            };
            Ok((name.to_owned(), gradient))
        };
        self.parameters.iter().map(gradient).collect()
    }

    /// η is the part of an eligibility trace that a step replaces, so it stays between 0 and 1. Beyond 2 the trace would grow
    /// from step to step and, where it goes on from window to window, without end.
    fn keep_rates(&self) -> candle_core::Result<()> {
        let layers = self.experiment.network().layers();
        let mut kept = layers.iter().filter(|layer| layer.plasticity.writing.has_eligibility());
        kept.try_for_each(|layer| self.parameters.keep_within(&layer.parameter("eta"), [0.0, 1.0]))
    }

    /// η of the first plastic layer that trains one; zero where none does, as the curve has it.
    fn eta(&self) -> candle_core::Result<f32> {
        let layers = self.experiment.network().layers();
        let trained = layers.iter().find(|layer| layer.plasticity.writing.has_eta());
        trained.map_or(Ok(0.0), |layer| layer.eta(&self.parameters))
    }

    /// A loss that is not finite, traced back to where NaN or infinity entered.
    fn where_it_began(&self, iteration: u64, loss: f32, tape: &Tape) -> TrainError {
        if let Some((name, index, value)) = self.parameters.first_non_finite() {
            return TrainError::NonFinite { iteration, place: format!("parameter {name} at position {index}"), value };
        }
        let neurons = tape.neurons();
        let activity = tape.activity.iter().enumerate().find(|(_, value)| !value.is_finite());
        let (place, value) = match activity {
            Some((index, &value)) => (
                format!("the activity of neuron {} at step {} of the episode", index % neurons, index / neurons + 1),
                value,
            ),
            None => ("the loss".to_owned(), loss),
        };
        TrainError::NonFinite { iteration, place, value }
    }
}

fn first_non_finite(gradients: &Gradients) -> Option<(&str, usize, f32)> {
    gradients.iter().find_map(|(name, values)| {
        let index = values.iter().position(|value| !value.is_finite())?;
        Some((name.as_str(), index, values[index]))
    })
}
