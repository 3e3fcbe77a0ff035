//! What runs and groups of them come to, and tests between groups.

use crate::tasks::tally::Mean;
use crate::train::statistics::{FEWEST, RankSum, Summary, rank_sum};
use std::path::PathBuf;

/// What one run comes to.
pub(super) struct Judged {
    /// Its folder, or its checkpoint.
    pub place: PathBuf,
    /// The training seed.
    pub seed: u64,
    /// Iterations it was trained for.
    pub iteration: u64,
    /// Tells its checkpoint from others.
    pub fingerprint: String,
    /// What the examples of the new episodes were; `None` where there is nothing to tell.
    pub examples: Option<String>,
    /// What is other in the new episodes than in training; `None` where nothing is.
    pub world: Option<String>,
    /// The measure over the new episodes.
    pub lives: Mean,
    /// Its mean over the last iterations; `None` where they are not known, or one is not a number.
    pub training: Option<f64>,
}

/// Runs that differ in nothing but the training seed.
pub(super) struct Group {
    /// What it is called beside the others.
    pub name: String,
    /// The runs.
    pub runs: Vec<Judged>,
}

/// What groups are compared by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The mean of each run over the new episodes.
    Lives,
    /// The mean of each run over the last iterations.
    Training,
}

impl By {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Lives, Self::Training];

    /// The JSON key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Lives => "new_episodes",
            Self::Training => "training",
        }
    }

    /// The words for it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Lives => "new episodes",
            Self::Training => "training",
        }
    }
}

impl Judged {
    /// The number that stands for this run.
    pub fn number(&self, by: By) -> Option<f64> {
        match by {
            By::Lives => self.lives.mean().filter(|mean| !mean.is_nan()),
            By::Training => self.training,
        }
    }
}

impl Group {
    /// One number for each run that has one.
    pub fn numbers(&self, by: By) -> Vec<f64> {
        self.runs.iter().filter_map(|run| run.number(by)).collect()
    }

    /// Median and quartiles over the runs; `None` where none has a number.
    pub fn summary(&self, by: By) -> Option<Summary> {
        Summary::of(&self.numbers(by))
    }
}

/// Two groups beside each other.
pub(super) struct Pair<'a> {
    /// The groups.
    pub groups: [&'a Group; 2],
    /// What they are compared by.
    pub by: By,
}

impl Pair<'_> {
    /// How many runs each of them has.
    pub fn counts(&self) -> [usize; 2] {
        self.groups.map(|group| group.numbers(self.by).len())
    }

    /// Whether one of them has too few runs for a test.
    pub fn is_few(&self) -> bool {
        self.counts().iter().any(|count| *count < FEWEST)
    }

    /// The test; `None` where one of them has too few numbers.
    pub fn test(&self) -> Option<RankSum> {
        if self.is_few() {
            return None;
        }
        let [one, other] = self.groups.map(|group| group.numbers(self.by));
        rank_sum(&one, &other)
    }
}

/// Every two groups, in their order.
pub(super) fn pairs(groups: &[Group]) -> impl Iterator<Item = [&Group; 2]> {
    groups.iter().enumerate().flat_map(|(place, one)| groups[place + 1..].iter().map(move |other| [one, other]))
}
