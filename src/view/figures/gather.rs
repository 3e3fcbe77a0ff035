//! Which of the runs that were found belong to a figure, and the groups that they make.
//!
//! Runs with the paper's settings come first: where there are any, others are left out. Where there are none, those are taken
//! that have most of the figure's networks with other settings in common. So groups that stand beside each other differ in what
//! the figure is about. `is_all` takes every run, each set of settings as a group of its own.

use super::search::Found;
use super::survey::Count;
use super::{Figure, Wanted};
use crate::files::FileError;
use crate::tasks::settings::{FieldKind, SettingError, Settings};
use crate::train::{History, RunConfig};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

/// Names of groups tell no more differences than this.
const MOST_TOLD: usize = 4;

/// Runs of one network of a figure that differ in nothing but the training seed.
#[derive(Clone, Debug)]
pub struct Gathered {
    /// Its place among the networks of the figure.
    pub place: usize,
    /// What it is called.
    pub name: String,
    /// In what its settings are not the paper's: "lr = 0.001 instead of 0.0003"; beside runs that learned from other examples,
    /// from which it did.
    pub unlike: Vec<String>,
    /// Whether it has the paper's settings but for its circumstances.
    is_papers: bool,
    /// The runs, by seed.
    pub runs: Vec<Arc<History>>,
}

/// The runs of a figure.
#[derive(Clone, Debug, Default)]
pub struct Gathering {
    /// The groups, in the order of the figure.
    pub groups: Vec<Gathered>,
    /// For each network of the figure, how many runs have the paper's settings.
    pub as_in_the_paper: Vec<u64>,
    /// How many runs of the figure's networks were left out for other settings.
    pub left_out: usize,
    /// What was passed over, a sentence each.
    pub passed_over: Vec<String>,
    /// How many run folders were looked at.
    pub looked_at: usize,
}

/// What somebody wants of the runs of a figure.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Whether runs of all settings are taken, each set of settings as a group of its own.
    pub is_all: bool,
    /// Settings, as typed, that every run has to have.
    pub with: Vec<(String, String)>,
}

impl Choice {
    /// Whether a run is one that is wanted.
    fn wants(&self, settings: &Settings) -> bool {
        self.with.iter().all(|(key, value)| {
            let mut changed = settings.clone();
            changed.set_text(key, value).is_ok() && changed == *settings
        })
    }
}

/// A run that may belong to a figure.
struct Candidate {
    folder: PathBuf,
    place: usize,
    /// Keys and values in which it is not the paper's run; circumstances among them.
    differences: Vec<(&'static str, Value)>,
    /// Whether it has the paper's settings but for its circumstances.
    is_papers: bool,
    /// What it has to have in common with the runs beside it.
    common: Vec<(&'static str, Value)>,
}

/// Runs that may belong to a figure, of which nothing but the configuration has been read.
struct Candidates {
    all: Vec<Candidate>,
    papers: Vec<RunConfig>,
    passed_over: Vec<String>,
    looked_at: usize,
}

/// How many runs of each network of `figure` are among `found`: all of them, and those with the paper's settings.
///
/// # Errors
/// As [`gather`].
pub fn count(figure: &'static Figure, found: &Found) -> Result<Vec<Count>, SettingError> {
    let candidates = Candidates::of(figure, found, &Choice::default())?;
    let count = |place: usize| {
        let own = || candidates.all.iter().filter(move |candidate| candidate.place == place);
        let papers = own().filter(|candidate| candidate.is_papers).count();
        Count { all: own().count() as u64, papers: papers as u64 }
    };
    Ok((0..figure.groups.len()).map(count).collect())
}

/// The runs of `figure` among those that were found. Of a run that is there twice the copy that has come further stays;
/// what cannot be read is passed over, with a sentence.
///
/// # Errors
/// When the choice names a setting that the task has not, or a value that does not fit.
pub fn gather(figure: &'static Figure, found: &Found, choice: &Choice) -> Result<Gathering, SettingError> {
    let Candidates { mut all, papers, passed_over, looked_at } = Candidates::of(figure, found, choice)?;
    let mut gathering = Gathering { passed_over, looked_at, ..Gathering::default() };
    // What turns out to be damaged when it is read makes room for others.
    loop {
        let chosen = choose(&all, choice.is_all);
        if chosen.is_empty() {
            break;
        }
        let (taken, rest): (Vec<_>, Vec<_>) = all.into_iter().enumerate().partition(|(at, _)| chosen.contains(at));
        all = rest.into_iter().map(|(_, candidate)| candidate).collect();
        for (_, candidate) in taken {
            gathering.take(candidate, &papers, figure, choice.is_all);
        }
        if !gathering.groups.is_empty() {
            break;
        }
    }
    gathering.left_out = all.len();
    gathering.groups.sort_by_key(|group| group.place);
    gathering.tell_examples_apart();
    for group in &mut gathering.groups {
        group.runs.sort_by_key(|run| run.config.seed);
    }
    gathering.as_in_the_paper = (0..figure.groups.len()).map(|place| gathering.papers_runs(place)).collect();
    let groups = &gathering.groups;
    let is_alone = |group: &Gathered| groups.iter().filter(|other| other.place == group.place).count() == 1;
    let alone: Vec<bool> = groups.iter().map(is_alone).collect();
    for (group, is_alone) in gathering.groups.iter_mut().zip(alone) {
        let wanted = &figure.groups[group.place];
        group.name = if is_alone && !choice.is_all { wanted.name.to_owned() } else { group.long_name(wanted) };
    }
    Ok(gathering)
}

impl Candidates {
    fn of(figure: &'static Figure, found: &Found, choice: &Choice) -> Result<Self, SettingError> {
        let task = figure.task();
        for (key, value) in &choice.with {
            task.defaults().set_text(key, value)?;
        }
        let papers = figure.groups.iter().map(|wanted| wanted.config(task)).collect::<Result<Vec<_>, _>>()?;
        let varied = varied(&papers);
        let (mut all, mut passed_over) = (Vec::new(), found.passed_over.clone());
        for (folder, config) in &found.runs {
            let config = match config {
                Some(config) => config.clone(),
                None => match History::read(folder) {
                    Ok(run) => run.config,
                    Err(error) => {
                        passed_over.push(error.to_string());
                        continue;
                    }
                },
            };
            if config.task().name() != task.name() || !choice.wants(&config.settings) {
                continue;
            }
            let Some(place) = figure.groups.iter().position(|wanted| wanted.holds(&config)) else { continue };
            let differences = differences(&config.settings, &papers[place].settings);
            let is_circumstance = |key: &str| figure.circumstances.contains(&key);
            let is_papers = differences.iter().all(|(key, _)| is_circumstance(key));
            let mut common: Vec<_> = differences.iter().filter(|(key, _)| !varied.contains(key)).cloned().collect();
            common.extend(config.fingerprint.clone().map(|fingerprint| ("examples", Value::from(fingerprint))));
            all.push(Candidate { folder: folder.clone(), place, differences, is_papers, common });
        }
        Ok(Self { all, papers, passed_over, looked_at: found.runs.len() })
    }
}

/// The settings in which the paper's own runs differ from each other.
fn varied(papers: &[RunConfig]) -> BTreeSet<&'static str> {
    let Some((first, others)) = papers.split_first() else { return BTreeSet::new() };
    others.iter().flat_map(|other| differences(&other.settings, &first.settings)).map(|(key, _)| key).collect()
}

/// Keys and values in which `found` is not `paper`. Where examples lie on a machine is none of them.
fn differences(found: &Settings, paper: &Settings) -> Vec<(&'static str, Value)> {
    let pairs = found.iter().zip(paper.iter()).filter(|((field, _), _)| field.kind != FieldKind::Path);
    pairs
        .filter(|((_, found), (_, paper))| found != paper)
        .map(|((field, found), _)| (field.key, found.clone()))
        .collect()
}

/// The places of those runs that are taken together.
fn choose(all: &[Candidate], is_all: bool) -> BTreeSet<usize> {
    if is_all {
        return (0..all.len()).collect();
    }
    let has_papers = all.iter().any(|candidate| candidate.is_papers);
    let eligible = || all.iter().enumerate().filter(|(_, candidate)| candidate.is_papers || !has_papers);
    let together = |common: &[(&'static str, Value)]| -> Vec<(usize, &Candidate)> {
        eligible().filter(|(_, candidate)| candidate.common == common).collect()
    };
    let weight = |common: &[(&'static str, Value)]| {
        let runs = together(common);
        let networks: BTreeSet<usize> = runs.iter().map(|(_, candidate)| candidate.place).collect();
        (networks.len(), runs.len(), std::cmp::Reverse(common.len()))
    };
    let mut best: Option<&Candidate> = None;
    for (_, candidate) in eligible() {
        if best.is_none_or(|best| weight(&candidate.common) > weight(&best.common)) {
            best = Some(candidate);
        }
    }
    best.map(|best| together(&best.common).into_iter().map(|(at, _)| at).collect()).unwrap_or_default()
}

impl Gathering {
    /// Reads a run and puts it where it belongs.
    fn take(&mut self, candidate: Candidate, papers: &[RunConfig], figure: &Figure, is_all: bool) {
        let Candidate { folder, place, differences, is_papers, .. } = candidate;
        let run = match History::read(&folder) {
            Ok(run) if run.points.is_empty() => {
                let problem = "expected a run that has begun, found one without an iteration";
                self.passed_over.push(FileError::new(&folder, problem).to_string());
                return;
            }
            Ok(run) => run,
            Err(error) => {
                self.passed_over.push(error.to_string());
                return;
            }
        };
        let paper = &papers[place].settings;
        let is_told = |key: &str| is_all || !figure.circumstances.contains(&key);
        let unlike = |(key, value): &(&'static str, Value)| {
            let papers = paper.iter().find(|(field, _)| field.key == *key).map(|(_, value)| value);
            format!("{key} = {} instead of {}", plain(value), papers.map(plain).unwrap_or_default())
        };
        let unlike = differences.iter().filter(|(key, _)| is_told(key)).map(unlike).collect();
        let run = Arc::new(run);
        let is_alike = |other: &RunConfig| {
            let [own, others] = [&run.config, other].map(|config| config.without_places().settings);
            own == others && run.config.fingerprint == other.fingerprint
        };
        match self.groups.iter_mut().find(|group| group.place == place && is_alike(&group.runs[0].config)) {
            Some(group) => match group.runs.iter_mut().find(|known| known.config.seed == run.config.seed) {
                Some(known) => {
                    let is_further = run.points.len() > known.points.len();
                    let other = if is_further { std::mem::replace(known, Arc::clone(&run)) } else { Arc::clone(&run) };
                    let problem = format!(
                        "expected another training seed than {} has, found training seed {} with the same settings",
                        known.folder.display(),
                        known.config.seed
                    );
                    self.passed_over.push(FileError::new(&other.folder, problem).to_string());
                }
                None => group.runs.push(run),
            },
            None => self.groups.push(Gathered { place, name: String::new(), unlike, is_papers, runs: vec![run] }),
        }
    }

    /// Says from which examples runs have learned, where there are groups that have learned from others.
    fn tell_examples_apart(&mut self) {
        let examples = |group: &Gathered| group.runs[0].config.fingerprint.clone();
        if self.groups.iter().map(examples).collect::<BTreeSet<_>>().len() > 1 {
            for group in &mut self.groups {
                group.unlike.extend(examples(group).map(|fingerprint| format!("examples {fingerprint}")));
            }
        }
    }

    /// How many runs of a network have the paper's settings.
    fn papers_runs(&self, place: usize) -> u64 {
        let own = self.groups.iter().filter(|group| group.place == place && group.is_papers);
        own.map(|group| group.runs.len() as u64).sum()
    }

    /// In what the runs are not the paper's, each difference once.
    pub fn unlike(&self) -> Vec<String> {
        let mut told: Vec<String> = Vec::new();
        for words in self.groups.iter().flat_map(|group| &group.unlike) {
            if !told.contains(words) {
                told.push(words.clone());
            }
        }
        told
    }
}

impl Gathered {
    fn long_name(&self, wanted: &Wanted) -> String {
        let told = self.unlike.iter().take(MOST_TOLD).map(|words| words.split(" instead of ").next().unwrap_or(words));
        let mut parts: Vec<String> = std::iter::once(wanted.name).chain(told).map(str::to_owned).collect();
        if let Some(more) = self.unlike.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
            parts.push(format!("{more} more"));
        }
        parts.join(", ")
    }
}

/// A value as `--set` takes it.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
