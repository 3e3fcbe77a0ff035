//! The runs that are compared, and their groups, at one moment.

use super::groups::{Group, grouped, is_alike};
use super::reader;
use crate::files::FileError;
use crate::tasks::Task;
use crate::train::{History, Point};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Runs of one task and the groups that they make.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    runs: Vec<Arc<History>>,
    groups: Vec<Group>,
    /// Copies that were passed over since somebody was told, a sentence each.
    passed_over: Vec<String>,
    stamp: u64,
}

impl Compared {
    /// Reads run folders, and folders of them, here and now.
    ///
    /// # Errors
    /// At the first that cannot be read or compared: a picture with a run missing would say something else.
    pub fn read(paths: &[PathBuf]) -> Result<Self, FileError> {
        let mut runs = Vec::new();
        for path in paths {
            for folder in reader::runs_in(path)? {
                runs.push(History::read(&folder)?);
            }
        }
        Self::of(runs)
    }

    /// These runs.
    ///
    /// # Errors
    /// At the first that cannot stand beside the others.
    pub fn of(runs: Vec<History>) -> Result<Self, FileError> {
        let mut compared = Self::default();
        match compared.add(runs).into_iter().next() {
            Some(refused) => Err(refused),
            None => Ok(compared),
        }
    }

    /// The groups, in the order in which they came.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// The task of all of them; `None` while there are none.
    pub fn task(&self) -> Option<&'static dyn Task> {
        self.runs.first().map(|run| run.config.task())
    }

    /// Another number whenever what is drawn may be another picture.
    pub fn stamp(&self) -> u64 {
        self.stamp
    }

    /// Whether the run with these numbers is among them.
    pub fn holds(&self, points: &[Point]) -> bool {
        self.runs.iter().any(|run| run.is_of(points))
    }

    /// Adds runs; answers those that are refused, and why. Of one that is there already, be it under another path, the
    /// copy that has come further stays.
    pub fn add(&mut self, runs: Vec<History>) -> Vec<FileError> {
        let mut refused = Vec::new();
        for run in runs {
            let is_same = |known: &History| {
                let is_copy = known.is_of(&run.points) || run.is_of(&known.points);
                known.folder == run.folder || (is_twin(known, &run) && is_copy)
            };
            if let Some(known) = self.runs.iter_mut().find(|known| is_same(known)) {
                // The same run read once more is nothing to be told.
                let is_elsewhere = known.folder != run.folder;
                let left = if run.points.len() > known.points.len() {
                    std::mem::replace(known, Arc::new(run)).folder.clone()
                } else {
                    run.folder
                };
                if is_elsewhere {
                    let (left, kept) = (left.display(), known.folder.display());
                    self.passed_over
                        .push(format!("{left} is the same run as {kept}, which has come as far or further"));
                }
                continue;
            }
            match self.refusal(&run) {
                Some(problem) => refused.push(FileError::new(&run.folder, problem)),
                None => self.runs.push(Arc::new(run)),
            }
        }
        self.changed();
        refused
    }

    /// Which runs were passed over since this was asked last, and why, a sentence each.
    pub fn take_passed_over(&mut self) -> Vec<String> {
        std::mem::take(&mut self.passed_over)
    }

    /// Takes over what has become of runs that are compared; others are passed over.
    pub fn renew(&mut self, runs: Vec<History>) {
        for run in runs {
            if let Some(known) = self.runs.iter_mut().find(|known| known.folder == run.folder) {
                *known = Arc::new(run);
            }
        }
        self.changed();
    }

    /// Shows or hides the group at `index`.
    pub fn toggle(&mut self, index: usize) {
        if let Some(group) = self.groups.get_mut(index) {
            group.is_shown = !group.is_shown;
        }
        self.stamp = next_stamp();
    }

    /// Takes the group at `index` away.
    pub fn remove(&mut self, index: usize) {
        let Some(group) = self.groups.get(index) else { return };
        let config = group.config().clone();
        self.runs.retain(|run| !is_alike(&run.config, &config));
        self.changed();
    }

    /// Why a run cannot stand beside the others.
    fn refusal(&self, run: &History) -> Option<String> {
        let first = self.runs.first()?;
        let (task, found) = (first.config.task().name(), run.config.task().name());
        if task != found {
            return Some(format!("expected a run of task {task} like the others, found one of {found}"));
        }
        let twin = self.runs.iter().find(|known| is_twin(known, run))?;
        Some(format!(
            "expected another training seed than {} has, found training seed {} with the same settings",
            twin.folder.display(),
            run.config.seed
        ))
    }

    fn changed(&mut self) {
        self.groups = grouped(&self.runs, &self.groups);
        self.stamp = next_stamp();
    }
}

/// Whether two runs have everything in common, the seed included.
fn is_twin(one: &History, other: &History) -> bool {
    one.config.seed == other.config.seed && is_alike(&one.config, &other.config)
}

/// A number that nobody has had.
fn next_stamp() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
