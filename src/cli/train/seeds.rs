//! `--seeds A..B`, and the plan of several runs, beside their folders: it says which there are to be, so that what is cut
//! short anywhere goes on with `--resume`.

use super::grid::{Cell, is_folder_name};
use crate::files::{self, FileError, Folder, Lock, lock, one_line, reason};
use crate::train::config::{ConfigText, check_seed};
use crate::train::run_folder::{SEEDS, in_order, is_run, runs_below};
use crate::train::{RunConfig, RunFolder, Trainer};
use anyhow::Context as _;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The most seeds of one command.
const MOST: u64 = 1000;

/// The lock of the folder above them, held while runs are planned and made.
const LOCK: &str = "seeds.lock";

/// How long another command may take to make its runs in the same folder.
const MAKING: Duration = Duration::from_secs(30);

/// Plans larger than these are none: thousands of combinations of settings take some megabytes.
const MOST_BYTES: u64 = 16 << 20;

/// The folder of a run that only its seed tells from the others; `*` stands for the seed.
const BY_SEED: &str = "seed-*";

/// How often it is seen whether it has.
const EVERY: Duration = Duration::from_millis(100);

/// Seeds as they are written: `A..B` without B.
#[derive(Clone, Debug, PartialEq)]
pub struct Seeds(pub Range<u64>);

impl std::str::FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let ends = text.split_once("..").and_then(|(first, end)| Some((first.parse().ok()?, end.parse().ok()?)));
        let (first, end): (u64, u64) = ends.ok_or("expected A..B, the seeds from A up to and without B")?;
        if first >= end || end - first > MOST {
            return Err(format!("expected 1 to {MOST} seeds, A below B"));
        }
        check_seed(end - 1).map_err(|error| error.to_string())?;
        Ok(Self(first..end))
    }
}

/// The runs of one command, as they stand in [`SEEDS`]: what a start that was cut short has not made yet is made by
/// `--resume`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// "A..B".
    seeds: String,
    /// The folder of each, `*` for its seed; without it [`BY_SEED`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    folder: Option<String>,
    /// The run, but for its seed.
    run: ConfigText,
}

/// The file of plans.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plans {
    plan: Vec<Plan>,
}

impl Plans {
    /// The plans below `parent`; none where no file is.
    fn read(parent: &Path) -> Result<Self, FileError> {
        let path = parent.join(SEEDS);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = files::read_text(&path, "the plan of several runs", MOST_BYTES)?;
        toml::from_str(&text).map_err(|error| {
            FileError::new(&path, format!("expected the plan of several runs, found {}", one_line(error.message())))
        })
    }

    /// Adds plans as the latest, and drops those of which every run stands in a later one: they say nothing any more.
    /// Answers whether that changes anything.
    fn add(&mut self, new: Vec<Plan>) -> bool {
        let before = self.plan.clone();
        self.plan.extend(new);
        let mut planned = BTreeSet::new();
        let mut kept: Vec<Plan> = Vec::new();
        for plan in self.plan.drain(..).rev() {
            match plan.folders() {
                // What is damaged stays to be told.
                Err(_) => kept.push(plan),
                Ok(folders) => {
                    let count = planned.len();
                    planned.extend(folders);
                    if planned.len() > count {
                        kept.push(plan);
                    }
                }
            }
        }
        kept.reverse();
        self.plan = kept;
        self.plan != before
    }

    fn write(&self, parent: &Path) -> anyhow::Result<()> {
        let text = toml::to_string(self).with_context(|| parent.join(SEEDS).display().to_string())?;
        Ok(files::write_atomically(&parent.join(SEEDS), text.as_bytes())?)
    }
}

impl Plan {
    /// The runs: where they lie below `parent`, and what they are.
    fn runs(&self, parent: &Path) -> Result<Vec<(PathBuf, RunConfig)>, FileError> {
        let refuse = |problem: String| FileError::new(&parent.join(SEEDS), problem);
        let config = RunConfig::from_text(&self.run, None).map_err(|error| refuse(error.to_string()))?;
        let run = |(seed, folder): (u64, String)| {
            let mut config = config.clone();
            config.seed = seed;
            (parent.join(folder), config)
        };
        Ok(self.folders().map_err(refuse)?.into_iter().map(run).collect())
    }

    /// Seeds and names of folders.
    fn folders(&self) -> Result<Vec<(u64, String)>, String> {
        let seeds: Seeds = self.seeds.parse()?;
        let folder = self.folder.as_deref().unwrap_or(BY_SEED);
        if !is_folder_name(folder) {
            return Err(format!("expected the name of a folder, found {}", one_line(folder)));
        }
        Ok(seeds.0.map(|seed| (seed, folder.replacen('*', &seed.to_string(), 1))).collect())
    }
}

/// Runs that are to be trained, and why others cannot be.
#[derive(Default)]
pub struct Several {
    /// They, in the order in which they are begun.
    pub runs: Vec<Planned>,
    /// Why each run that could not be made was not.
    pub problems: Vec<anyhow::Error>,
    /// What they learn from, where they have just begun.
    pub examples: Option<String>,
}

/// A run that is to be trained.
pub struct Planned {
    /// Its folder.
    pub folder: PathBuf,
    /// What it is, where it may not have begun; otherwise what is in the folder says it.
    pub config: Option<RunConfig>,
}

impl Planned {
    fn found(folder: PathBuf) -> Self {
        Self { folder, config: None }
    }
}

/// The folder above them for this process alone; waits for another one that is making its runs in it.
fn held(parent: &Path) -> Result<Lock, FileError> {
    let folder = Folder::open(parent)?;
    let began = Instant::now();
    loop {
        match Lock::take(&folder, LOCK) {
            Err(_) if lock::is_locked(parent, LOCK) && began.elapsed() < MAKING => std::thread::sleep(EVERY),
            taken => return taken,
        }
    }
}

/// Makes the folders of all runs below `parent`, each with a run that has not begun.
///
/// # Errors
/// When one cannot be written to or holds a run already, `parent` is a run itself, or the settings do not fit.
pub fn begin(parent: &Path, config: &RunConfig, seeds: &Seeds) -> anyhow::Result<Several> {
    let folders: Vec<PathBuf> = seeds.0.clone().map(|seed| parent.join(format!("seed-{seed}"))).collect();
    refuse_run_itself(parent)?;
    refuse_taken(&folders)?;
    // What the settings leave to the circumstances is settled once, for all of them.
    let trainer = Trainer::new(config.clone())?;
    let (settled, examples) = (trainer.config().clone(), trainer.examples());
    drop(trainer);
    let _held = made_and_held(parent)?;
    refuse_taken(&folders)?;
    let mut plans = Plans::read(parent)?;
    let plan = Plan { seeds: in_words(&seeds.0), folder: None, run: settled.to_text() };
    plans.add(vec![plan.clone()]);
    plans.write(parent)?;
    for (path, config) in plan.runs(parent)? {
        make(&path, config)?;
    }
    Ok(Several { runs: folders.into_iter().map(Planned::found).collect(), problems: Vec::new(), examples })
}

/// Writes down the runs of all `cells`, each with all `seeds` or its own, below `parent`: each begins when its turn comes.
/// Those that have begun are refused, unless they are `taken_up`.
///
/// # Errors
/// As [`begin`].
pub fn plan(parent: &Path, cells: &[Cell], seeds: Option<&Seeds>, taken_up: bool) -> anyhow::Result<Several> {
    refuse_run_itself(parent)?;
    let (mut plans, mut examples) = (Vec::new(), None);
    for cell in cells {
        // What the settings leave to the circumstances is settled once, for all seeds.
        let mut config = cell.config.clone();
        let absence = config.settle()?;
        examples = examples.or(absence);
        let range = seeds.map_or(config.seed..config.seed + 1, |seeds| seeds.0.clone());
        let mut run = config.to_text();
        // Words of a language are found again where it begins; thousands of plans with thousands of words are too much.
        run.learned_from.iter_mut().for_each(|learned| learned.vocabulary.clear());
        plans.push(Plan { seeds: in_words(&range), folder: Some(cell.folder(seeds.map(|_| '*'))), run });
    }
    let mut runs = Vec::new();
    for plan in &plans {
        let planned = plan.runs(parent)?.into_iter();
        runs.extend(planned.map(|(folder, config)| Planned { folder, config: Some(config) }));
    }
    let refuse_begun = || if taken_up { Ok(()) } else { refuse_taken(runs.iter().map(|run| &run.folder)) };
    refuse_begun()?;
    let _held = made_and_held(parent)?;
    refuse_begun()?;
    let mut known = Plans::read(parent)?;
    if known.add(plans) {
        known.write(parent)?;
    }
    Ok(Several { runs, problems: Vec::new(), examples })
}

/// "A..B".
fn in_words(Range { start, end }: &Range<u64>) -> String {
    format!("{start}..{end}")
}

fn refuse_run_itself(parent: &Path) -> Result<(), FileError> {
    match is_run(parent) {
        true => Err(FileError::new(parent, "expected a folder for several runs, found a run")),
        false => Ok(()),
    }
}

fn refuse_taken<'a>(folders: impl IntoIterator<Item = &'a PathBuf>) -> Result<(), FileError> {
    match folders.into_iter().find(|folder| is_run(folder)) {
        Some(taken) => {
            let problem = "expected an empty folder, found a run; go on with --resume or choose another folder";
            Err(FileError::new(taken, problem))
        }
        None => Ok(()),
    }
}

fn made_and_held(parent: &Path) -> Result<Lock, FileError> {
    std::fs::create_dir_all(parent)
        .map_err(|error| FileError::new(parent, format!("cannot be written: {}", reason(&error))))?;
    held(parent)
}

/// Makes a run that has not begun.
fn make(path: &Path, config: RunConfig) -> anyhow::Result<()> {
    let trainer = Trainer::new(config)?;
    RunFolder::create(path, trainer.config())?.save(&trainer.checkpoint()?)?;
    Ok(())
}

/// The runs below `parent`, those included that a start has not come to make, which begin with `changes` when their turn
/// comes; none where it is the folder of one run itself. Of several plans for a run the latest counts.
///
/// # Errors
/// When the plan below `parent` is damaged, or another process is making runs there.
pub fn found(parent: &Path, changes: &[(String, String)]) -> anyhow::Result<Several> {
    let (mut runs, mut problems): (Vec<Planned>, _) = (Vec::new(), Vec::new());
    if !is_run(parent) && parent.join(SEEDS).exists() {
        // What another command is making there is waited for.
        let _held = held(parent)?;
        let mut seen = BTreeSet::new();
        for plan in Plans::read(parent)?.plan.iter().rev() {
            for (folder, mut config) in plan.runs(parent)?.into_iter().filter(|(folder, _)| !is_run(folder)) {
                if !seen.insert(folder.clone()) {
                    continue;
                }
                match config.change(0, changes).with_context(|| folder.display().to_string()) {
                    Ok(()) => runs.push(Planned { folder, config: Some(config) }),
                    Err(error) => problems.push(error),
                }
            }
        }
    }
    runs.extend(runs_below(parent).into_iter().map(Planned::found));
    runs.sort_by_key(|run| in_order(&run.folder));
    Ok(Several { runs, problems, examples: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_are_a_range_without_its_end() {
        assert_eq!("0..5".parse(), Ok(Seeds(0..5)));
        assert_eq!("7..8".parse(), Ok(Seeds(7..8)));
        for text in ["", "5", "..5", "0..", "3..3", "5..2", "a..b", "0..1001", "0..=5", "-1..2"] {
            let error = text.parse::<Seeds>().unwrap_err();
            assert!(error.starts_with("expected"), "{text}: {error}");
        }
    }

    #[test]
    fn a_plan_that_is_given_again_is_the_latest_and_what_it_replaces_goes() {
        let plan = |seeds: &str, folder: &str, task: &str| Plan {
            seeds: seeds.into(),
            folder: Some(folder.into()),
            run: RunConfig::new(crate::tasks::find(task).unwrap()).to_text(),
        };
        let mut plans = Plans::default();
        let [first, other] = [plan("0..2", "seed-*", "patterns"), plan("0..2", "seed-*", "maze")];
        assert!(plans.add(vec![first.clone()]) && plans.add(vec![other.clone()]));
        assert_eq!(plans.plan, std::slice::from_ref(&other), "every run of the first stands in the other");
        assert!(plans.add(vec![first.clone()]));
        assert_eq!(plans.plan, std::slice::from_ref(&first), "given again, it is the latest");
        assert!(!plans.add(vec![first.clone()]), "nothing is written where nothing changes");
        // What still says something stays, in its order.
        let [more, part] = [plan("0..4", "seed-*", "maze"), plan("3..4", "seed-*", "patterns")];
        assert!(plans.add(vec![more.clone(), part.clone()]));
        assert_eq!(plans.plan, [more.clone(), part.clone()]);
        assert!(plans.add(vec![first.clone()]));
        assert_eq!(plans.plan, [more, part, first]);
        let damaged = plan("2..1", "seed-*", "maze");
        plans.add(vec![damaged.clone()]);
        assert!(plans.plan.contains(&damaged), "what is damaged stays to be told");
    }

    #[test]
    fn what_has_not_begun_is_not_made_before_its_turn_comes() {
        let folder = tempfile::tempdir().unwrap();
        let run = RunConfig::new(crate::tasks::find("patterns").unwrap()).to_text();
        let plan = |seeds: &str| Plan { seeds: seeds.into(), folder: None, run: run.clone() };
        let plans = Plans { plan: vec![plan("9..12"), plan("0..2"), plan("1..3")] };
        plans.write(folder.path()).unwrap();
        let found = found(folder.path(), &[("lr".into(), "0.5".into())]).unwrap();
        let told = |run: &Planned| {
            let config = run.config.as_ref().expect("it has not begun");
            assert_eq!(config.settings.real("lr"), 0.5);
            (run.folder.file_name().unwrap().to_string_lossy().into_owned(), config.seed)
        };
        let expected = [0, 1, 2, 9, 10, 11].map(|seed| (format!("seed-{seed}"), seed));
        assert_eq!(found.runs.iter().map(told).collect::<Vec<_>>(), expected, "each once, in order");
        assert!(found.problems.is_empty());
        let made: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().flatten().filter(|entry| entry.path().is_dir()).collect();
        assert!(made.is_empty(), "{made:?}");
    }
}
