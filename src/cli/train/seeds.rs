//! `hebbscope train TASK --seeds A..B`: the same run with several seeds, as many at once as there are cores.
//!
//! Each run has one thread and a folder of its own; it is the run that its seed makes alone, bit for bit. A plan beside
//! the folders says which there are to be, so that what is cut short anywhere goes on with `--resume`.

use super::{WINDOW, say};
use crate::device::Compute;
use crate::files::{self, FileError, Folder, Lock, lock, one_line, reason};
use crate::tasks::Measure;
use crate::train::config::{ConfigText, check_seed};
use crate::train::run_folder::{SEEDS, checkpoint_path, is_run, runs_below};
use crate::train::{Command, Event, Point, RunConfig, RunFolder, Trainer, Worker, worker};
use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::TryRecvError;
use std::time::{Duration, Instant};

/// The most seeds of one command.
const MOST: u64 = 1000;

/// The lock of the folder above them, held while runs are planned and made.
const LOCK: &str = "seeds.lock";

/// How long another command may take to make its runs in the same folder.
const MAKING: Duration = Duration::from_secs(30);

/// A plan larger than this is none.
const MOST_BYTES: u64 = 1 << 20;

/// How often the runs are asked for news.
const EVERY: Duration = Duration::from_millis(100);

/// How often they are printed.
const PRINT_EVERY: Duration = Duration::from_secs(5);

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
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    /// "A..B".
    seeds: String,
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
        let seeds: Seeds = self.seeds.parse().map_err(refuse)?;
        let run = |seed| {
            let mut config = config.clone();
            config.seed = seed;
            (parent.join(format!("seed-{seed}")), config)
        };
        Ok(seeds.0.map(run).collect())
    }
}

/// Runs that are to be trained, and why others cannot be.
#[derive(Default)]
pub struct Several {
    /// Their folders.
    pub folders: Vec<PathBuf>,
    /// A sentence for each run that could not be made.
    pub problems: Vec<String>,
    /// What they learn from, where they have just begun.
    pub examples: Option<String>,
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
    if is_run(parent) {
        return Err(FileError::new(parent, "expected a folder for several runs, found a run").into());
    }
    let folders: Vec<PathBuf> = seeds.0.clone().map(|seed| parent.join(format!("seed-{seed}"))).collect();
    let refuse_taken = || match folders.iter().find(|folder| is_run(folder)) {
        Some(taken) => {
            let problem = "expected an empty folder, found a run; go on with --resume or choose another folder";
            Err(FileError::new(taken, problem))
        }
        None => Ok(()),
    };
    refuse_taken()?;
    // What the settings leave to the circumstances is settled once, for all of them.
    let trainer = Trainer::new(config.clone())?;
    let (settled, examples) = (trainer.config().clone(), trainer.examples());
    drop(trainer);
    std::fs::create_dir_all(parent)
        .map_err(|error| FileError::new(parent, format!("cannot be written: {}", reason(&error))))?;
    let _held = held(parent)?;
    refuse_taken()?;
    let mut plans = Plans::read(parent)?;
    let Range { start, end } = seeds.0;
    let plan = Plan { seeds: format!("{start}..{end}"), run: settled.to_text() };
    plans.plan.push(plan.clone());
    plans.write(parent)?;
    for (path, config) in plan.runs(parent)? {
        make(&path, config)?;
    }
    Ok(Several { folders, problems: Vec::new(), examples })
}

/// Makes a run that has not begun.
fn make(path: &Path, config: RunConfig) -> anyhow::Result<()> {
    let trainer = Trainer::new(config)?;
    RunFolder::create(path, trainer.config())?.save(&trainer.checkpoint()?)?;
    Ok(())
}

/// The runs below `parent`, those included that a start has not come to make, which are made with `changes`; none where
/// it is the folder of one run itself. Of several plans for a seed the latest counts.
///
/// # Errors
/// When the plan below `parent` is damaged, or another process is making runs there.
pub fn found(parent: &Path, changes: &[(String, String)]) -> anyhow::Result<Several> {
    let mut problems = Vec::new();
    if !is_run(parent) && parent.join(SEEDS).exists() {
        let _held = held(parent)?;
        for plan in Plans::read(parent)?.plan.iter().rev() {
            for (path, mut config) in plan.runs(parent)?.into_iter().filter(|(path, _)| !is_run(path)) {
                let made = config.change(0, changes).map_err(Into::into).and_then(|()| make(&path, config));
                problems.extend(made.err().map(|error| format!("{}: {error:#}", path.display())));
            }
        }
    }
    Ok(Several { folders: runs_below(parent), problems, examples: None })
}

/// How runs are to be trained.
pub struct Orders {
    /// A new length for all of them.
    pub steps: Option<u64>,
    /// What is set anew in all of them.
    pub changes: Vec<(String, String)>,
    /// Time between autosaves.
    pub autosave: Duration,
    /// Snapshots of its network that each run keeps.
    pub ages: usize,
    /// So many at once.
    pub slots: usize,
}

/// Trains the runs in `folders` to their ends.
///
/// # Errors
/// When a run cannot go on; the others are trained all the same.
pub fn train(several: Several, orders: &Orders, compute: &Compute, stop: &AtomicBool) -> anyhow::Result<()> {
    let Several { folders, mut problems, .. } = several;
    let (mut waiting, mut active) = (VecDeque::from(folders), Vec::<Active>::new());
    let (mut is_stopping, mut printed) = (false, Instant::now());
    while !active.is_empty() || !(waiting.is_empty() || is_stopping) {
        while active.len() < orders.slots
            && !is_stopping
            && let Some(folder) = waiting.pop_front()
        {
            match start(&folder, orders, compute) {
                Ok(Some(run)) => active.push(run),
                Ok(None) => say(&format!("{}: nothing left to do\n", folder.display())),
                Err(error) => problems.push(format!("{error:#}")),
            }
        }
        if stop.swap(false, Ordering::Relaxed) {
            is_stopping = true;
            active.iter().for_each(|run| {
                run.worker.tell(Command::Stop);
            });
        }
        active.retain_mut(|run| match run.listen() {
            Ok(goes_on) => goes_on,
            Err(error) => {
                problems.push(format!("{error:#}"));
                false
            }
        });
        if printed.elapsed() >= PRINT_EVERY && !active.is_empty() {
            printed = Instant::now();
            let parts: Vec<String> = active.iter().map(Active::line).collect();
            say(&format!("{}; {} waiting\n", parts.join("; "), waiting.len()));
        }
        if !active.is_empty() {
            std::thread::sleep(EVERY);
        }
    }
    if !problems.is_empty() {
        bail!("{}", problems.join("; "));
    }
    Ok(())
}

/// Takes up the run in a folder; `None` where nothing is left to do.
fn start(folder: &Path, orders: &Orders, compute: &Compute) -> anyhow::Result<Option<Active>> {
    let (folder, mut checkpoint) = RunFolder::resume(folder)?;
    crate::cli::note(&checkpoint_path(&folder.path()), checkpoint.note.as_deref());
    let iteration = checkpoint.iteration();
    checkpoint.config.change(iteration, &orders.changes)?;
    let mut trainer = Trainer::from_checkpoint(checkpoint)?;
    if let Some(steps) = orders.steps {
        trainer.set_iterations(steps);
    }
    let (iteration, planned) = (trainer.iteration(), trainer.config().iterations);
    let measure = trainer.config().task().measure();
    if iteration >= planned {
        return Ok(None);
    }
    trainer.move_to(compute)?;
    let name = folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let autosave = orders.autosave;
    let (threads, ages) = (Some(1), orders.ages);
    let options = worker::Options { autosave, snapshots: false, ages, threads, ..worker::Options::default() };
    let worker = Worker::start(trainer, Some(folder), options).context("the training thread could not be started")?;
    Ok(Some(Active { name, worker, recent: VecDeque::new(), iteration, planned, measure }))
}

/// One run while it is trained.
struct Active {
    name: String,
    worker: Worker,
    recent: VecDeque<f32>,
    iteration: u64,
    planned: u64,
    measure: Measure,
}

impl Active {
    /// Takes in the news; whether the run goes on.
    fn listen(&mut self) -> anyhow::Result<bool> {
        let Some(events) = self.worker.events() else { return Ok(false) };
        loop {
            match events.try_recv() {
                Ok(Event::Progress { first, points, .. }) => {
                    self.iteration = first + points.len() as u64 - 1;
                    self.recent.extend(points.iter().map(|point: &Point| point.measure));
                    let excess = self.recent.len().saturating_sub(WINDOW);
                    self.recent.drain(..excess);
                }
                Ok(Event::Warning(warning)) => say(&format!("{}: warning: {warning}\n", self.name)),
                Ok(Event::Validated { epoch, value, is_best, .. }) => {
                    say(&format!("{}: {}\n", self.name, super::validated(self.measure, epoch, value, is_best)));
                }
                Ok(Event::Saved { .. } | Event::Paused { .. }) => {}
                Ok(Event::Finished { iteration, stopped }) => {
                    let word = if stopped { "stopped" } else { "done" };
                    say(&format!("{}: {word} at iteration {iteration}\n", self.name));
                    return Ok(false);
                }
                Ok(Event::Failed { reason, kept, before, .. }) => {
                    bail!("{}: {}", self.name, super::failure(&reason, kept.as_deref(), before.as_deref()))
                }
                Err(TryRecvError::Empty) => return Ok(true),
                Err(TryRecvError::Disconnected) => {
                    bail!("{}: the training thread ended without a word", self.name)
                }
            }
        }
    }

    /// "seed-3 iteration 120/1000, reward 12.3400"; without its measure as long as there is none.
    fn line(&self) -> String {
        line(&self.name, [self.iteration, self.planned], self.measure, &self.recent)
    }
}

/// How far a run is, and the mean of its latest values.
fn line(name: &str, [iteration, planned]: [u64; 2], measure: Measure, recent: &VecDeque<f32>) -> String {
    let place = format!("{name} iteration {iteration}/{planned}");
    if recent.is_empty() {
        return place;
    }
    let mean = recent.iter().sum::<f32>() / recent.len() as f32;
    let value = if measure.is_fraction() { format!("{:.3} %", mean * 100.0) } else { format!("{mean:.4}") };
    format!("{place}, {} {value}", measure.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_with_the_name_of_its_measure_and_without_a_mean_of_nothing() {
        let [reward, error] = ["maze", "patterns"].map(|task| crate::tasks::find(task).unwrap().measure());
        assert_eq!(line("seed-0", [0, 80], reward, &VecDeque::new()), "seed-0 iteration 0/80");
        let recent = VecDeque::from([1.0, 2.0]);
        assert_eq!(line("seed-3", [2, 80], reward, &recent), "seed-3 iteration 2/80, reward 1.5000");
        let recent = VecDeque::from([0.25, 0.75]);
        assert_eq!(line("seed-1", [2, 80], error, &recent), "seed-1 iteration 2/80, error 50.000 %");
    }

    #[test]
    fn seeds_are_a_range_without_its_end() {
        assert_eq!("0..5".parse(), Ok(Seeds(0..5)));
        assert_eq!("7..8".parse(), Ok(Seeds(7..8)));
        for text in ["", "5", "..5", "0..", "3..3", "5..2", "a..b", "0..1001", "0..=5", "-1..2"] {
            let error = text.parse::<Seeds>().unwrap_err();
            assert!(error.starts_with("expected"), "{text}: {error}");
        }
    }
}
