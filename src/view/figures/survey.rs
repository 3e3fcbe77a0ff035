//! What there is of the runs that figures need, in some folders.

use super::gather::count;
use super::made::nothing_found;
use super::{FIGURES, Figure, Form, search};
use crate::tasks::settings::SettingError;
use std::path::PathBuf;

/// How many runs of a network there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// All of them.
    pub all: u64,
    /// Those with the paper's settings.
    pub papers: u64,
}

/// What was found in some folders for each figure.
#[derive(Clone, Debug)]
pub struct Survey {
    /// The folders.
    pub folders: Vec<PathBuf>,
    /// How many run folders were looked at.
    pub looked_at: usize,
    /// For each of [`FIGURES`], its networks.
    counts: Vec<Vec<Count>>,
    /// What was passed over, a sentence each.
    pub passed_over: Vec<String>,
}

/// Looks for the runs of all figures.
///
/// # Errors
/// Never, unless the registry names a setting that its task has not.
pub fn survey(folders: &[PathBuf]) -> Result<Survey, SettingError> {
    let found = search(folders);
    let counts = FIGURES.iter().map(|figure| count(figure, &found)).collect::<Result<_, _>>()?;
    Ok(Survey { folders: folders.to_vec(), looked_at: found.runs.len(), counts, passed_over: found.passed_over })
}

impl Survey {
    /// The networks of a figure of the registry, by its place.
    pub fn counts(&self, place: usize) -> &[Count] {
        self.counts.get(place).map_or(&[], Vec::as_slice)
    }

    /// "14 run folders in runs".
    pub fn in_words(&self) -> String {
        let names: Vec<String> = self.folders.iter().map(|folder| folder.display().to_string()).collect();
        let folders = if self.looked_at == 1 { "run folder" } else { "run folders" };
        format!("{} {folders} in {}", self.looked_at, names.join(", "))
    }

    /// Why a figure cannot be made of what there is; `None` where it can.
    pub fn obstacle(&self, place: usize) -> Option<String> {
        let figure = FIGURES.get(place)?;
        let is_of_runs = matches!(figure.form, Form::Curves { .. } | Form::Table { .. });
        let is_there = self.counts(place).iter().any(|count| count.all > 0);
        (is_of_runs && !is_there).then(|| nothing_found(figure, self.looked_at, &self.passed_over, &self.folders))
    }

    /// Which of the paper's runs are not there, in a sentence without its point; `None` where all are.
    pub fn missing_in_words(&self, place: usize) -> Option<String> {
        let papers: Vec<u64> = self.counts(place).iter().map(|count| count.papers).collect();
        FIGURES.get(place)?.missing_in_words(&papers)
    }
}

impl Figure {
    /// "missing of the paper's runs: all 15 runs of non-plastic; hebbscope figure dp-6 --recipe prints the commands", of
    /// how many runs with the paper's settings there are of each network.
    pub fn missing_in_words(&self, found: &[u64]) -> Option<String> {
        Some(missing_in_words(self.name, &self.missing(found)?))
    }
}

/// The same, of what is missing.
pub(super) fn missing_in_words(name: &str, missing: &str) -> String {
    format!("missing of the paper's runs: {missing}; hebbscope figure {name} --recipe prints the commands")
}
