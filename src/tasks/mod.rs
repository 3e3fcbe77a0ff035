//! One file per task: how an episode is made and how its outcome is scored.
//!
//! A new task is a file or folder and a line in [`TASKS`]. Training, the command line and the window know tasks
//! only through [`Task`] and [`Experiment`].
//!
//! | file | subject |
//! |---|---|
//! | here | the two traits, the registry |
//! | [`script`] | a lifetime before it is lived |
//! | `record` | what tapes of several tasks keep in the same way |
//! | [`settings`], [`fields`] | the table of a task's settings, and those that several tasks have |
//! | [`measure`], [`tally`], [`optimiser`] | what lifetimes are judged by, what evaluations tell, Adam's constants |
//! | [`recall`] | what tasks have in common that show examples and ask for the rest of one |
//! | [`agent`] | what tasks have in common in which an agent acts: layers, loss, experiment |
//! | [`patterns`], [`images`], [`maze`], [`omniglot`], [`language`] | the tasks |
//! | [`letters`] | letters as patterns of 25 bits |
//! | [`notation`] | interventions as they are written on the command line |

pub mod agent;
pub mod cue_reward;
pub mod fields;
pub mod images;
pub mod language;
pub mod letters;
pub mod maze;
pub mod measure;
pub mod notation;
pub mod omniglot;
pub mod optimiser;
pub mod patterns;
pub mod presets;
pub mod recall;
mod record;
pub mod script;
pub mod settings;
pub mod tally;

pub use language::ReadsText;
pub use measure::{Goal, Measure, Unit};
pub use optimiser::Optimiser;
pub use presets::Preset;
pub use recall::{Recalled, Score};
pub use script::{Episode, Script};

use crate::data::{DataError, Generator, Provenance};
use crate::episode::{Lesson, Origin, Pixels, Question, Tape};
use crate::files::one_line;
use crate::plastic::{AgentSize, Network, Parameters, Specification, State};
use candle_core::{Result, Tensor};
use settings::{Field, SettingError, Settings};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tally::{Finding, Tally};

/// Every task, in the order in which they are listed.
pub const TASKS: &[&dyn Task] = &[
    &patterns::Patterns,
    &images::Images,
    &maze::Maze,
    &cue_reward::CueReward,
    &omniglot::Omniglot,
    &language::Language,
];

/// The task called `name`.
///
/// # Errors
/// With the names there are.
pub fn find(name: &str) -> std::result::Result<&'static dyn Task, UnknownTask> {
    TASKS.iter().copied().find(|task| task.name() == name).ok_or_else(|| UnknownTask {
        problem: if name.is_empty() {
            "no task was named".to_owned()
        } else {
            format!("there is no task {}", one_line(name))
        },
        known: TASKS.iter().map(|task| task.name()).collect::<Vec<_>>().join(", "),
    })
}

/// Checks that a tape is a lifetime of the task that it names; tapes may come from files. Of a task that is not known
/// nothing is known.
///
/// # Errors
/// With a sentence that says what does not fit.
pub fn check_tape(tape: &Tape) -> std::result::Result<(), String> {
    let Ok(task) = find(&tape.origin.task) else { return Ok(()) };
    let Some(AgentSize { inputs, actions }) = tape.content.behaviour().and_then(|_| tape.network.agent_size()) else {
        return Ok(());
    };
    let found = format!("in an episode of {}, found an agent of {inputs} inputs and {actions} actions", task.name());
    match (task.actions().len(), task.agent_inputs()) {
        (0, _) => Err(format!("expected no agent {found}")),
        (expected, None) if expected != actions => Err(format!("expected an agent of {expected} actions {found}")),
        (expected, Some(seen)) if (expected, seen) != (actions, inputs) => {
            Err(format!("expected an agent of {seen} inputs and {expected} actions {found}"))
        }
        _ => Ok(()),
    }
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
    /// By how much an episode may come to less than its control, by [`Self::measure`], and still count as unharmed: what
    /// chance alone may change, and nobody would miss.
    fn tolerance(&self, _settings: &Settings) -> f64 {
        0.0
    }
    /// How good an answer to a question of this task is; `None` for a task that asks no such questions.
    fn score(&self, _question: &Question, _answer: &[f32]) -> Option<Score> {
        None
    }
    /// The network that `settings` describe. No examples are read: a network opens wherever it is.
    ///
    /// # Errors
    /// When settings that are fine one by one ask for too much together.
    fn network(&self, settings: &Settings) -> std::result::Result<Network, SettingError>;

    /// Says that settings go together in training, whatever there is to learn from and however large the machine is.
    ///
    /// # Errors
    /// With the first setting that does not go with the others.
    fn check(&self, settings: &Settings) -> std::result::Result<(), SettingError> {
        self.network(settings).map(drop)
    }
    /// The experiment that `settings` describe.
    ///
    /// # Errors
    /// When settings that are fine one by one ask for too much together, or examples that they name cannot be used.
    fn experiment(
        &self,
        settings: &Settings,
        purpose: Purpose,
    ) -> std::result::Result<Box<dyn Experiment>, SettingError>;

    /// The settings that say what world a network lives in and nothing of the network or its training: a network that was
    /// trained with others can be tested with these.
    fn world(&self) -> &'static [&'static str] {
        &[]
    }

    /// The experiment that tests a network with `settings`, which was trained with those of `trained`: both may differ in
    /// settings of the [world](Self::world). What is on record of the examples of its training is `known`.
    ///
    /// # Errors
    /// As [`Self::experiment`].
    fn test(
        &self,
        settings: &Settings,
        _trained: &Settings,
        _known: Known<'_>,
    ) -> std::result::Result<Box<dyn Experiment>, SettingError> {
        self.experiment(settings, Purpose::Testing)
    }

    /// Settings that somebody has published together, beside the defaults.
    fn presets(&self) -> &'static [Preset] {
        &[]
    }

    /// Whether the optimiser that `settings` describe keeps moments of the gradients.
    fn has_moments(&self, _settings: &Settings) -> bool {
        true
    }

    /// Writes into `settings` what they leave to the circumstances, once, when a run begins. What comes back says why
    /// examples that the circumstances promise are not those that it is; `None` where they are.
    ///
    /// # Errors
    /// When the circumstances do not allow for any of it.
    fn resolve(&self, _settings: &mut Settings) -> std::result::Result<Option<String>, SettingError> {
        Ok(None)
    }

    /// What a network with `settings` learns from, in words that follow from them alone: what a task makes up, and of
    /// files what is known without them. `None` where there is nothing to tell.
    fn learned_from(&self, _settings: &Settings) -> Option<String> {
        None
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

    /// The files below `folder` that are called like its examples, by name, no more than `most`; none where it makes up
    /// its examples. What operating systems and file servers leave in folders is left out.
    ///
    /// # Errors
    /// When the folder cannot be read.
    fn example_files(&self, _folder: &Path, _most: usize) -> std::result::Result<Vec<PathBuf>, DataError> {
        Ok(Vec::new())
    }

    /// Reads a file as an example, as a network with `settings` is shown one.
    ///
    /// # Errors
    /// When it cannot be read or decoded, or the task makes up its examples.
    fn read_example(&self, _settings: &Settings, file: &Path) -> std::result::Result<Vec<f32>, DataError> {
        Err(DataError::new(file, format!("the task {} makes up its examples and reads none", self.name())))
    }

    /// Whether an example is a square picture, one neuron a pixel.
    fn examples_are_pictures(&self) -> bool {
        false
    }

    /// How many numbers an agent of this task sees, where that does not depend on settings.
    fn agent_inputs(&self) -> Option<usize> {
        None
    }

    /// What an agent of this task can do, by the numbers of its actions; none where there is no agent.
    fn actions(&self) -> &'static [ActionName] {
        &[]
    }

    /// The paper's settings.
    fn defaults(&self) -> Settings {
        Settings::defaults(self.name(), self.fields())
    }
}

/// What an action is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActionName {
    /// The word for it.
    pub name: &'static str,
    /// One letter for it.
    pub sign: char,
}

/// What is on record of the examples of a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// What it has learned from.
    pub provenance: Option<&'a Provenance>,
    /// Tells them from others.
    pub fingerprint: Option<&'a str>,
}

/// What an experiment is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Its lifetimes are learned from.
    Training,
    /// Its lifetimes are new, with examples that training never sees where the task keeps some; what they have in common
    /// with training, [`Experiment::examples`] says.
    Testing,
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
    /// What each lifetime leaves to the one that goes on from it; none where none does.
    pub left: Vec<Arc<State>>,
}

/// A task with its settings: draws episodes, lives them, scores them.
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
    /// What is put on record of its examples with a network that learns from them; `None` where the settings say it all.
    fn provenance(&self) -> Option<&Provenance> {
        None
    }
    /// What an evaluation tells beside the measures; `None` where they say it all. Whatever it draws comes from
    /// `generator`. Before step `since` of every lifetime somebody first does something; `None` where nobody does.
    fn tally(&self, _generator: Generator, _since: Option<usize>) -> Option<Box<dyn Tally>> {
        None
    }
    /// The parameters of a new network, in the order in which their first values are drawn.
    fn specifications(&self) -> Vec<Specification>;
    /// Draws what will happen in a new lifetime.
    fn draw(&self, generator: &mut Generator) -> Script;
    /// For each drawing of `lesson` another one of the same character, by another hand; `None` for what is no drawing of
    /// its examples. None at all where it knows no drawings.
    fn redrawn(&self, _generator: &mut Generator, _lesson: &Lesson) -> Vec<Option<Pixels>> {
        Vec::new()
    }
    /// Draws what will happen in the lifetimes of one iteration.
    fn draw_batch(&self, generator: &mut Generator) -> Vec<Script> {
        (0..self.batch()).map(|_| self.draw(generator)).collect()
    }
    /// Draws what will happen in the lifetimes of iteration `iteration`, counted from 0, of a run: they may go on from those
    /// of the iteration before, which left `before`.
    fn draw_next(&self, generator: &mut Generator, _iteration: u64, _before: &[Arc<State>]) -> Vec<Script> {
        self.draw_batch(generator)
    }
    /// After so many iterations all that is learned from has been seen once more, and the network is validated; `None`
    /// where there is no end of it.
    fn epoch(&self) -> Option<u64> {
        None
    }
    /// The task's measure on examples that are kept for saying when to stop; `None` where there are none.
    ///
    /// # Errors
    /// When the parameters do not fit the network, or the device fails.
    fn validate(&self, _parameters: &Parameters) -> Result<Option<f32>> {
        Ok(None)
    }
    /// What a network comes to on all test examples in one go, where lifetimes go on from each other; `None` where every
    /// lifetime is one by itself, or somebody wants no more of it: `each` hears which part has been lived, and says whether
    /// to go on.
    ///
    /// # Errors
    /// When the parameters do not fit the network, or the device fails.
    fn whole(&self, _parameters: &Parameters, _each: &mut dyn FnMut(f64) -> bool) -> Result<Option<Vec<Finding>>> {
        Ok(None)
    }
    /// What it can do with other texts than its examples; `None` where its network reads none.
    fn reads_text(&self) -> Option<&dyn ReadsText> {
        None
    }
    /// Lives what has been drawn, all lifetimes together. A lifetime to which somebody does something is lived alone, and
    /// is until then, bit for bit, what it would have been. The tape of the first one is told its `origin`.
    ///
    /// # Errors
    /// When the parameters or a script do not fit the network, or the device fails.
    fn live(&self, parameters: &Parameters, scripts: Vec<Script>, origin: Origin) -> Result<Outcome>;
}
