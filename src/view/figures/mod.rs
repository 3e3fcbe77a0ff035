//! The figures and tables of both papers, made from runs: what each of them is, which runs belong to it, and what they come
//! to. A new one is a line in [`FIGURES`]. Drawing is elsewhere.
//!
//! | file | subject |
//! |---|---|
//! | here | what a figure is |
//! | [`registry`] | all of them |
//! | [`recipe`] | the commands that make the runs of a paper's figure |
//! | [`mod@search`] | run folders, some levels deep |
//! | [`mod@gather`] | which runs belong to a figure, and their groups |
//! | [`survey`](mod@survey) | what there is of the runs that figures need |
//! | [`made`] | a figure with its numbers, ready to be drawn or written |
//! | [`chart`], [`table`], [`episodes`] | curves over training; one number a run; episodes of one network |
//! | [`text`] | a figure's numbers as CSV and Markdown |
//! | [`kind`] | the files that a figure is written to, and the command line that writes one |

pub mod chart;
pub mod episodes;
pub mod gather;
pub mod kind;
pub mod made;
pub mod recipe;
pub mod registry;
pub mod search;
pub mod survey;
pub mod table;
pub mod text;

pub use gather::{Gathered, Gathering, gather};
pub use kind::FileKind;
pub use made::{Cancelled, Drawing, Made, Options, make};
pub use registry::FIGURES;
pub use search::{Found, search};
pub use survey::{Survey, survey};

use super::curves::axis::Scale;
use super::curves::number::Number;
use crate::files::one_line;
use crate::tasks::settings::SettingError;
use crate::tasks::{self, Task};
use crate::train::RunConfig;

/// A figure or a table of a paper.
#[derive(Debug)]
pub struct Figure {
    /// What it is called on the command line: `dp-` (*Differentiable plasticity*) or `bp-` (*Backpropamine*) and its number.
    pub name: &'static str,
    /// The heading.
    pub title: &'static str,
    /// The task of its runs.
    pub task: &'static str,
    /// What is compared, in the order of the paper.
    pub groups: &'static [Wanted],
    /// How many runs of each the paper has.
    pub runs: u64,
    /// Settings that say where examples come from and are another matter on every machine; runs that differ in them are
    /// never taken together, but each of them is one with the paper's settings.
    pub circumstances: &'static [&'static str],
    /// What has to be known to make the paper's runs; empty where the commands say it all.
    pub note: &'static str,
    /// What is made of the runs.
    pub form: Form,
}

/// Runs that a figure is made of: those of one network.
#[derive(Debug)]
pub struct Wanted {
    /// What it is called in the figure.
    pub name: &'static str,
    /// What the paper reports of it, where that is a number in a table.
    pub paper: &'static str,
    /// Settings by which a run belongs here and nowhere else.
    pub is: &'static [(&'static str, &'static str)],
    /// Settings that were published together, from which the paper's run begins.
    pub preset: Option<&'static str>,
    /// What else differs from the defaults in the paper's run.
    pub also: &'static [(&'static str, &'static str)],
    /// Iterations of the paper's run; `None` for the usual ones.
    pub iterations: Option<u64>,
}

/// What is made of runs.
#[derive(Clone, Copy, Debug)]
pub enum Form {
    /// Median and quartiles of a number over training.
    Curves {
        /// Which number.
        number: Number,
        /// What its axis is called; the number's own title where this is empty.
        axis: &'static str,
        /// Iterations that are averaged.
        smoothing: usize,
        /// Of iterations and of values.
        scales: [Scale; 2],
        /// Groups that are tested against each other, by their places.
        tests: &'static [[usize; 2]],
    },
    /// What each run comes to on new episodes, or on all of its test text.
    Table {
        /// Groups that are tested against each other, by their places.
        tests: &'static [[usize; 2]],
    },
    /// Examples, what is shown of one of them, and what the network makes of it, for some episodes.
    Recalls,
    /// w and α.
    Matrices,
    /// The modulator and the reward over an episode.
    Modulator,
}

/// There is no such figure.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("there is no figure {name}, expected one of: {known}")]
pub struct UnknownFigure {
    name: String,
    known: String,
}

/// The figure called `name`.
///
/// # Errors
/// With the names there are.
pub fn find(name: &str) -> Result<&'static Figure, UnknownFigure> {
    FIGURES.iter().find(|figure| figure.name == name).ok_or_else(|| UnknownFigure {
        name: one_line(name),
        known: FIGURES.iter().map(|figure| figure.name).collect::<Vec<_>>().join(", "),
    })
}

impl Figure {
    /// The task.
    ///
    /// # Panics
    /// Never: a test goes through the registry.
    pub fn task(&self) -> &'static dyn Task {
        tasks::find(self.task).expect("a figure is one of a task of the registry")
    }

    /// "all 15 runs of plastic": which of the paper's runs are not there, where some are not. Of a figure of one network the run
    /// of any of its groups will do.
    pub fn missing(&self, found: &[u64]) -> Option<String> {
        if self.runs == 1 {
            let first = self.groups.first().filter(|_| found.iter().all(|found| *found == 0))?;
            return Some(format!("the run of {}", first.name));
        }
        let missing = self.groups.iter().zip(found).filter(|(_, found)| **found < self.runs);
        let words = missing.map(|(wanted, found)| match (self.runs, found) {
            (runs, 0) => format!("all {runs} runs of {}", wanted.name),
            (runs, found) => format!("{} of {runs} runs of {}", runs - found, wanted.name),
        });
        let words = words.collect::<Vec<_>>();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

impl Wanted {
    /// The paper's run, with seed 0.
    ///
    /// # Errors
    /// Never, unless the registry names a setting or a preset that its task has not: a test goes through all of them.
    pub fn config(&self, task: &'static dyn Task) -> Result<RunConfig, SettingError> {
        let mut config = match self.preset {
            None => RunConfig::new(task),
            Some(name) => RunConfig::preset(name, Some(task.name())).map_err(|error| SettingError::Value {
                key: "preset".into(),
                expected: "one that there is".into(),
                found: error.to_string(),
            })?,
        };
        for (key, value) in self.is.iter().chain(self.also) {
            config.settings.set_text(key, value)?;
        }
        config.iterations = self.iterations.unwrap_or(config.iterations);
        Ok(config)
    }

    /// Whether a run is one of this network.
    pub fn holds(&self, config: &RunConfig) -> bool {
        self.is.iter().all(|(key, value)| {
            let mut settings = config.settings.clone();
            settings.set_text(key, value).is_ok() && settings == config.settings
        })
    }
}
