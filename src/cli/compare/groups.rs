//! What runs and groups of them come to, and tests between groups.

use crate::tasks::tally::Mean;
use crate::train::History;
use crate::train::statistics::{Summary, Test};
use std::path::PathBuf;

/// What one run comes to.
pub(super) struct RunResult {
    /// Its folder, or its checkpoint.
    pub place: PathBuf,
    /// The training seed.
    pub seed: u64,
    /// Iterations it was trained for.
    pub iteration: u64,
    /// Tells its checkpoint from others; `None` where it has none.
    pub fingerprint: Option<String>,
    /// What the examples of the new episodes were; `None` where there is nothing to tell.
    pub examples: Option<String>,
    /// What is other in the new episodes than in training; `None` where nothing is.
    pub world: Option<String>,
    /// The measure over the new episodes, of which a run without a checkpoint has none.
    pub new_episodes: Mean,
    /// Its mean over the last iterations; `None` where they are not known, or one is not a number.
    pub training: Option<f64>,
}

/// Runs that differ in nothing but the training seed.
pub(super) struct Group {
    /// What it is called beside the others.
    pub name: String,
    /// The runs.
    pub runs: Vec<RunResult>,
}

/// What groups are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Criterion {
    /// The mean of each run over the new episodes.
    NewEpisodes,
    /// The mean of each run over the last iterations.
    Training,
}

impl Criterion {
    /// Both.
    pub const ALL: [Self; 2] = [Self::NewEpisodes, Self::Training];

    /// The JSON key.
    pub fn key(self) -> &'static str {
        match self {
            Self::NewEpisodes => "new_episodes",
            Self::Training => "training",
        }
    }

    /// The words for it.
    pub fn title(self) -> &'static str {
        match self {
            Self::NewEpisodes => "new episodes",
            Self::Training => "training",
        }
    }
}

impl RunResult {
    /// What a run comes to of which only the numbers are there.
    pub fn in_training(history: &History, training: Option<f64>) -> Self {
        Self {
            place: history.folder.clone(),
            seed: history.config.seed,
            iteration: history.points.len() as u64,
            fingerprint: None,
            examples: None,
            world: None,
            new_episodes: Mean::default(),
            training,
        }
    }

    /// The number that stands for this run.
    pub fn number(&self, criterion: Criterion) -> Option<f64> {
        match criterion {
            Criterion::NewEpisodes => self.new_episodes.mean().filter(|mean| !mean.is_nan()),
            Criterion::Training => self.training,
        }
    }
}

impl Group {
    /// One number for each run that has one.
    pub fn numbers(&self, criterion: Criterion) -> Vec<f64> {
        self.runs.iter().filter_map(|run| run.number(criterion)).collect()
    }

    /// Median and quartiles over the runs; `None` where none has a number.
    pub fn summary(&self, criterion: Criterion) -> Option<Summary> {
        Summary::of(&self.numbers(criterion))
    }
}

/// Two groups beside each other, by what their runs come to.
pub(super) fn test(groups: [&Group; 2], criterion: Criterion) -> Test {
    let [one, other] = groups.map(|group| group.numbers(criterion));
    Test::between(&one, &other)
}

/// Every two groups, in their order.
pub(super) fn pairs(groups: &[Group]) -> impl Iterator<Item = [&Group; 2]> {
    groups.iter().enumerate().flat_map(|(place, one)| groups[place + 1..].iter().map(move |other| [one, other]))
}
