//! One file per task: how an episode is made and how its outcome is scored.
//!
//! A new task is a file and a line in [`TASKS`]. Training, the command line and the window know tasks
//! only through [`Task`] and [`Experiment`].

pub mod a2c;
pub mod images;
pub mod maze;
pub mod patterns;
pub mod recall;
pub mod settings;
pub mod tally;

use crate::data::{DataError, Generator};
use crate::episode::{Intervention, Tape};
use crate::plastic::{Network, Parameters};
use candle_core::{Error, Result, Tensor};
use recall::{Asked, Question, Score};
use settings::{Field, SettingError, Settings};
use std::path::Path;
use tally::Tally;

/// Every task, in the order in which they are listed.
pub const TASKS: &[&dyn Task] = &[&patterns::Patterns, &images::Images, &maze::Maze];

/// The task called `name`.
///
/// # Errors
/// With the names there are.
pub fn find(name: &str) -> std::result::Result<&'static dyn Task, UnknownTask> {
    TASKS.iter().copied().find(|task| task.name() == name).ok_or_else(|| UnknownTask {
        problem: if name.is_empty() { "no task was named".to_owned() } else { format!("there is no task {name}") },
        known: TASKS.iter().map(|task| task.name()).collect::<Vec<_>>().join(", "),
    })
}

/// There is no such task.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{problem}, expected one of: {known}")]
pub struct UnknownTask {
    problem: String,
    known: String,
}

/// A kind of problem that a network is trained on.
pub trait Task: Sync {
    /// The name on the command line and in files.
    fn name(&self) -> &'static str;
    /// What it is, in one line.
    fn summary(&self) -> &'static str;
    /// Its settings, the paper's as defaults.
    fn fields(&self) -> &'static [Field];
    /// Iterations of a usual training run.
    fn usual_iterations(&self) -> u64;
    /// What [`Outcome::measure`] is.
    fn measure(&self) -> Measure;
    /// How good an answer to a question of this task is; `None` for a task that asks no such questions.
    fn score(&self, _question: &Question, _answer: &[f32]) -> Option<Score> {
        None
    }
    /// The network that `settings` describe. No examples are read: a network opens wherever it is.
    ///
    /// # Errors
    /// When settings that are fine one by one ask for too much together.
    fn network(&self, settings: &Settings) -> std::result::Result<Network, SettingError>;
    /// The experiment that `settings` describe.
    ///
    /// # Errors
    /// When settings that are fine one by one ask for too much together, or examples that they name cannot be used.
    fn experiment(
        &self,
        settings: &Settings,
        purpose: Purpose,
    ) -> std::result::Result<Box<dyn Experiment>, SettingError>;

    /// Writes into `settings` what they leave to the circumstances, once, when a run begins.
    ///
    /// # Errors
    /// When the circumstances do not allow for any of it.
    fn settle(&self, _settings: &mut Settings) -> std::result::Result<(), SettingError> {
        Ok(())
    }

    /// How the names of files end that it can read as examples, in lower case; none where it makes up its examples.
    fn example_endings(&self) -> &'static [&'static str] {
        &[]
    }

    /// Whether `file` is called like something that can be one of its examples.
    fn is_example(&self, file: &Path) -> bool {
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        ending.is_some_and(|ending| self.example_endings().contains(&ending.as_str()))
    }

    /// Reads a file as an example, as a network with `settings` is shown one.
    ///
    /// # Errors
    /// When it cannot be read or decoded, or the task makes up its examples.
    fn read_example(&self, _settings: &Settings, file: &Path) -> std::result::Result<Vec<f32>, DataError> {
        Err(DataError::new(file, format!("the task {} makes up its examples and reads none", self.name())))
    }

    /// The paper's settings.
    fn defaults(&self) -> Settings {
        Settings::defaults(self.name(), self.fields())
    }
}

/// What an experiment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Its lifetimes are learned from.
    Training,
    /// Its lifetimes have examples that training never sees.
    Testing,
}

/// The number by which a task is judged, beside its loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// The column and JSON key.
    pub key: &'static str,
    /// What it counts.
    pub title: &'static str,
    /// Whether it is shown in per cent.
    pub is_fraction: bool,
}

/// The constants of Adam (Kingma & Ba 2015) and of gradient clipping.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Optimiser {
    /// Learning rate of the first steps.
    pub lr: f64,
    /// After so many steps, and again after as many, the learning rate is multiplied by [`Self::lr_factor`]; zero
    /// leaves it alone.
    pub lr_every: u64,
    /// See [`Self::lr_every`].
    pub lr_factor: f64,
    /// Decay of the first moment.
    pub beta1: f64,
    /// Decay of the second moment.
    pub beta2: f64,
    /// Added to the root of the second moment.
    pub eps: f64,
    /// The largest global norm of the gradient; `None` leaves gradients as they are.
    pub clip_norm: Option<f64>,
}

impl Optimiser {
    /// The learning rate of a step, counted from one.
    pub fn lr_at(&self, step: u64) -> f64 {
        match step.saturating_sub(1).checked_div(self.lr_every) {
            Some(times) => self.lr * self.lr_factor.powi(i32::try_from(times).unwrap_or(i32::MAX)),
            None => self.lr,
        }
    }
}

impl Default for Optimiser {
    fn default() -> Self {
        Self { lr: 1e-3, lr_every: 0, lr_factor: 1.0, beta1: 0.9, beta2: 0.999, eps: 1e-8, clip_norm: None }
    }
}

/// What one lifetime, or a batch of them, came to.
pub struct Outcome {
    /// The loss, a scalar attached to the graph of the parameters.
    pub loss: Tensor,
    /// The task's measure, averaged over the batch.
    pub measure: f32,
    /// What else the task measures, averaged over the batch: always the same measures in the same order.
    pub details: Vec<(Measure, f32)>,
    /// The first lifetime of the batch.
    pub tape: Tape,
}

/// A task with its settings: makes episodes, lives them, scores them.
pub trait Experiment: Send {
    /// The network it trains.
    fn network(&self) -> Network;
    /// The optimiser's constants.
    fn optimiser(&self) -> Optimiser;
    /// Lifetimes per iteration.
    fn batch(&self) -> usize;
    /// What its examples are, in a few words; `None` where there is nothing to tell.
    fn examples(&self) -> Option<String> {
        None
    }
    /// Tells its examples from others of the same settings; `None` where the settings say it all.
    fn fingerprint(&self) -> Option<&str> {
        None
    }
    /// What an evaluation tells beside the measures; `None` where they say it all. Whatever it draws comes from
    /// `generator`.
    fn tally(&self, _generator: Generator) -> Option<Box<dyn Tally>> {
        None
    }
    /// A new network.
    ///
    /// # Errors
    /// When Candle cannot make the tensors.
    fn initial(&self, generator: &mut Generator) -> Result<Parameters>;
    /// Lives `batch` new lifetimes drawn from `generator`.
    ///
    /// # Errors
    /// When the parameters do not fit the network.
    fn live(&self, parameters: &Parameters, generator: &mut Generator, batch: usize) -> Result<Outcome>;
    /// Lives one new lifetime to which somebody does `interventions`, in the order of their steps: until the first of
    /// them, bit for bit the one that [`Experiment::live`] would have drawn from `generator`. Nothing is learned from it.
    ///
    /// # Errors
    /// When they or the parameters do not fit the network, or this is no task to intervene in.
    fn live_branched(
        &self,
        _parameters: &Parameters,
        _generator: &mut Generator,
        _interventions: &[Intervention],
    ) -> Result<Outcome> {
        Err(Error::Msg("this task has no agent to intervene with".into()))
    }
    /// Lives the one lifetime in which this is asked, with the arithmetic of [`Experiment::live`].
    ///
    /// # Errors
    /// When the question or the parameters do not fit the network, or the task asks nothing of this kind.
    fn live_asked(&self, _parameters: &Parameters, _asked: Asked) -> Result<Outcome> {
        Err(Error::Msg("this task asks no such questions".into()))
    }
}
