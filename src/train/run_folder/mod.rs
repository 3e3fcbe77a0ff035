//! The folder of a run: `config.toml`, `metrics.csv`, `checkpoint.safetensors`, `tape.safetensors` (the last
//! lifetime lived in training), `snapshots/` (the network at earlier ages), and a lock.
//!
//! A run begins with its configuration; from its first checkpoint on it can be told from an empty folder. Whatever a
//! crash leaves behind can be resumed: what is missing is made from what is there.

use super::ages;
use super::checkpoint::{Checkpoint, no_curve};
use super::config::{ConfigText, RunConfig};
use super::metrics::{self, Rows};
use super::trainer::{Point, Trainer, Validation};
use crate::episode::{Tape, tape_file};
use crate::files::disk::{Disk, ThisDisk};
use crate::files::{self, FileError, Folder, Lock, Precision, TensorFile, budget, reason};
use crate::plastic::Parameters;
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod outputs;

pub use outputs::check_output;

const CHECKPOINT: &str = "checkpoint.safetensors";
const TAPE: &str = "tape.safetensors";
const METRICS: &str = "metrics.csv";
const CONFIG: &str = "config.toml";
const LOCK: &str = "run.lock";
/// The file beside the folders of several runs that says which there are to be.
pub const SEEDS: &str = "seeds.toml";
/// The network after the epoch that was best, where a run is validated.
const BEST: &str = "best.safetensors";
/// What it came to after each epoch.
const VALIDATIONS: &str = "validation.csv";
const FAILED: &str = "before-failure.safetensors";

/// A run folder held by this process: nobody else can write to it until it is dropped. It is held itself, and not its
/// path: a folder that is moved is followed, and what takes its place is left alone.
pub struct RunFolder {
    folder: Folder,
    lock: Lock,
    /// The first line of `metrics.csv`.
    header: String,
    /// Seconds of training after each iteration that `metrics.csv` holds.
    ages: Vec<f64>,
    /// Bytes of `metrics.csv` as this process has left it; `None` until it has.
    length: Option<u64>,
    seconds_before: f64,
    /// The configuration as it was written last.
    config: String,
}

/// The checkpoint of the run in `folder`.
pub fn checkpoint_path(folder: &Path) -> PathBuf {
    folder.join(CHECKPOINT)
}

/// The network of the run in `folder` after the epoch that was best, where the run is validated.
pub fn best_path(folder: &Path) -> PathBuf {
    folder.join(BEST)
}

/// The numbers of the run in `folder`.
pub fn metrics_path(folder: &Path) -> PathBuf {
    folder.join(METRICS)
}

/// The description of the run in `folder`.
pub fn config_path(folder: &Path) -> PathBuf {
    folder.join(CONFIG)
}

/// The last lifetime of the run in `folder`.
pub fn tape_path(folder: &Path) -> PathBuf {
    folder.join(TAPE)
}

/// What the run in `folder` is, by its configuration; without one, by its checkpoint.
///
/// # Errors
/// When what is there cannot be read or describes no run.
pub fn described(folder: &Path) -> Result<RunConfig, FileError> {
    let config_file = config_path(folder);
    match config_file.exists() || !checkpoint_path(folder).exists() {
        true => read_config(&config_file),
        false => Ok(Checkpoint::read(&checkpoint_path(folder))?.config),
    }
}

/// Whether `folder` holds a run, be it a damaged one.
pub fn is_run(folder: &Path) -> bool {
    [CHECKPOINT, METRICS].iter().any(|name| folder.join(name).is_file())
}

/// Whether a process, be it this one, writes the run in `folder`.
pub fn is_in_use(folder: &Path) -> bool {
    files::lock::is_locked(folder, LOCK)
}

/// The folders of runs directly below `parent`, seeds in their order; none where it is the folder of a run itself.
pub fn runs_below(parent: &Path) -> Vec<PathBuf> {
    if is_run(parent) {
        return Vec::new();
    }
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| is_run(path)).collect();
    folders.sort_by_key(|path| in_order(path));
    folders
}

/// What the folders of runs are ordered by: the number at the end of their names, where there is one, so that seed-10 comes
/// after seed-9; then their names.
pub fn in_order(folder: &Path) -> (u64, String) {
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let digits = name.rsplit(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
    (digits.parse::<u64>().unwrap_or(u64::MAX), name)
}

/// The first run that can be opened in a folder of run folders; any other path itself.
pub fn first_run(path: &Path) -> PathBuf {
    runs_below(path).into_iter().find(|run| checkpoint_path(run).is_file()).unwrap_or_else(|| path.to_owned())
}

/// The last lifetime lived in training by the run in `folder`, if its tape is there and belongs to `checkpoint`:
/// a folder that is being copied may hold files of different age.
pub fn last_tape(folder: &Path, checkpoint: &Checkpoint) -> Option<Tape> {
    let (tape, _) = TensorFile::read(&tape_path(folder)).and_then(tape_file::read).ok()?;
    let is_its_own = tape.origin.task == checkpoint.config.task().name()
        && tape.network == checkpoint.network
        && tape.origin.iteration + 1 == checkpoint.iteration();
    is_its_own.then_some(tape)
}

/// The text of the `metrics.csv` at `path`; `None` where there is none.
///
/// # Errors
/// When it cannot be read or is no file.
pub(super) fn metrics_text(path: &Path) -> Result<Option<String>, FileError> {
    if !path.exists() {
        return Ok(None);
    }
    // The text, and its numbers beside it.
    let bytes = files::read(path, "the metrics of a run", budget::bytes() / 4)?;
    Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
}

impl RunFolder {
    /// Makes the folder of a new run.
    ///
    /// # Errors
    /// When it cannot be written to, holds a run already, or another process is using it.
    pub fn create(path: &Path, config: &RunConfig) -> Result<Self, FileError> {
        Self::create_on(path, config, Arc::new(ThisDisk))
    }

    /// Like [`Self::create`], on a file system that is spoken to through `disk`.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_on(path: &Path, config: &RunConfig, disk: Arc<dyn Disk>) -> Result<Self, FileError> {
        if path.exists() && !path.is_dir() {
            return Err(FileError::new(path, "expected a folder to write to, found something that is not a folder"));
        }
        let io = |error: std::io::Error| FileError::new(path, format!("cannot be written: {}", reason(&error)));
        std::fs::create_dir_all(path).map_err(io)?;
        // The name of the folder is to outlive a power cut as its files do; where it cannot be asked for, it has to do.
        let _synced = path.canonicalize().ok().and_then(|path| Folder::open(path.parent()?).ok()?.sync().ok());
        // Before the lock, to leave nothing in somebody's folder; and under it, when nobody can come between.
        refuse_run(path)?;
        let folder = Folder::open_on(path, disk)?;
        let lock = Lock::take(&folder, LOCK)?;
        refuse_run(path)?;
        folder.sweep();
        let text = config.to_toml();
        folder.replace(CONFIG, text.as_bytes())?;
        Ok(Self {
            folder,
            lock,
            header: metrics::header(config),
            ages: Vec::new(),
            length: None,
            seconds_before: 0.0,
            config: text,
        })
    }

    /// Takes up the run in a folder: its checkpoint, with the metrics cut back to it or filled up from it. A run that was
    /// stopped before its first checkpoint begins anew.
    ///
    /// # Errors
    /// When there is no run, its checkpoint cannot be continued, or another process is using it.
    pub fn resume(path: &Path) -> Result<(Self, Checkpoint), FileError> {
        Self::resume_on(path, Arc::new(ThisDisk))
    }

    /// Like [`Self::resume`], on a file system that is spoken to through `disk`.
    ///
    /// # Errors
    /// As [`Self::resume`].
    pub fn resume_on(path: &Path, disk: Arc<dyn Disk>) -> Result<(Self, Checkpoint), FileError> {
        if !path.is_dir() {
            return Err(FileError::new(path, "expected the folder of a run, found no folder"));
        }
        // Before the lock, to leave nothing in somebody's folder.
        refuse_no_run(path)?;
        let folder = Folder::open_on(path, disk)?;
        let lock = Lock::take(&folder, LOCK)?;
        folder.sweep();
        let mut checkpoint = match checkpoint_path(path).exists() {
            true => Checkpoint::read(&checkpoint_path(path))?,
            false => unbegun(path)?,
        };
        if checkpoint.continuation.is_none() {
            let problem = "cannot be resumed: expected optimiser moments, found a checkpoint made for sharing";
            return Err(FileError::new(&checkpoint_path(path), problem));
        }
        let config = refuse_other_settings(&config_path(path), &checkpoint)?;
        if !folder.is_at_its_path() {
            return Err(FileError::new(path, "expected the folder of a run, found another one a moment later"));
        }
        let header = metrics::header(&checkpoint.config);
        let found = metrics_text(&metrics_path(path))?.unwrap_or_default();
        // A table with other columns says nothing of this run; lines that the checkpoint does not know of are those of
        // iterations that a crash has undone.
        let rows = metrics::parse(&found, &header).map_or_else(|_| Rows::new(), |(rows, _)| rows);
        if checkpoint.unrecorded > 0 {
            restore_curve(&mut checkpoint, &rows).map_err(|problem| FileError::new(&checkpoint_path(path), problem))?;
        }
        let mut ages: Vec<f64> = rows.into_iter().take(checkpoint.curve.len()).map(|(_, age)| age).collect();
        let seconds_before = ages.last().copied().unwrap_or(0.0);
        ages.resize(checkpoint.curve.len(), seconds_before);
        forget_ages(&folder, checkpoint.iteration());
        let mut resumed = Self { folder, lock, header, ages, length: None, seconds_before, config };
        resumed.write_metrics(&checkpoint.curve, &[])?;
        Ok((resumed, checkpoint))
    }

    /// A folder below `parent` that does not exist yet: `parent/name`, else `parent/name-2`, …
    pub fn free_name(parent: &Path, name: &str) -> PathBuf {
        let first = parent.join(name);
        if !first.exists() {
            return first;
        }
        (2..=u32::MAX)
            .map(|number| parent.join(format!("{name}-{number}")))
            .find(|path| !path.exists())
            .unwrap_or(first)
    }

    /// Where it is: where it was opened, or where it has been moved to if the system tells.
    pub fn path(&self) -> PathBuf {
        self.folder.moved_to().unwrap_or_else(|| self.folder.path().to_owned())
    }

    /// Whether there is a checkpoint in it.
    pub fn has_checkpoint(&self) -> bool {
        self.folder.length(CHECKPOINT).is_some()
    }

    /// Seconds of training that earlier sittings of this run took.
    pub fn seconds_before(&self) -> f64 {
        self.seconds_before
    }

    /// What is worth knowing about how it is held.
    pub fn warning(&self) -> Option<&str> {
        self.lock.warning()
    }

    /// Says that it is still this process's alone.
    ///
    /// # Errors
    /// When another process has taken it, or it is gone.
    pub fn check(&mut self) -> Result<(), FileError> {
        self.lock.check(&self.folder)
    }

    /// Appends the iterations of `curve` that are not in `metrics.csv` yet; `ages` are the seconds of training
    /// after each of them. A file that another program has changed or removed is written anew.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone.
    pub fn write_metrics(&mut self, curve: &[Point], ages: &[f64]) -> Result<(), FileError> {
        let written = self.ages.len();
        let age = |index: usize| match index.checked_sub(written) {
            None => self.ages[index],
            Some(new) => ages.get(new).or(ages.last()).copied().unwrap_or(self.seconds_before),
        };
        let line = |(index, point): (usize, &Point)| metrics::line(index, point, age(index));
        let lines = |from: usize| curve.iter().enumerate().skip(from).map(line).collect::<String>();
        let is_as_left = self.length.is_some() && self.folder.length(METRICS) == self.length;
        let length = match is_as_left {
            true => self.folder.append(METRICS, lines(written).as_bytes())?,
            false => {
                let text = format!("{}{}", self.header, lines(0));
                self.folder.replace(METRICS, text.as_bytes())?;
                text.len() as u64
            }
        };
        let new: Vec<f64> = (written..curve.len()).map(age).collect();
        self.ages.extend(new);
        self.length = Some(length);
        Ok(())
    }

    /// Replaces the tape of the last lifetime lived in training; `parameters` are the network after it.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone; the old tape is then as it was.
    pub fn save_tape(&self, tape: &Tape, parameters: &Parameters) -> Result<(), FileError> {
        self.folder.replace(TAPE, &tape_file::to_bytes(&self.folder.path_of(TAPE), tape, parameters)?)
    }

    /// Replaces the checkpoint. Answers where it lies.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone; the old checkpoint is then as it was.
    pub fn save(&self, checkpoint: &Checkpoint) -> Result<PathBuf, FileError> {
        self.save_as(CHECKPOINT, checkpoint)
    }

    /// Keeps the network as it was just before training failed, beside the last good checkpoint. Answers where it lies.
    ///
    /// # Errors
    /// As [`Self::save`], and when the network holds NaN or infinity.
    pub fn save_failed(&self, checkpoint: &Checkpoint) -> Result<PathBuf, FileError> {
        self.save_as(FAILED, checkpoint)
    }

    /// Keeps the network that was best so far, without what going on takes. Answers where it lies.
    ///
    /// # Errors
    /// As [`Self::save`].
    pub fn save_best(&self, checkpoint: &Checkpoint) -> Result<PathBuf, FileError> {
        self.save_as(BEST, &Checkpoint { continuation: None, ..checkpoint.clone() })
    }

    /// Keeps the network as it is at this age, see [`ages`].
    ///
    /// # Errors
    /// As [`Self::save`].
    pub fn save_age(&self, checkpoint: &Checkpoint) -> Result<(), FileError> {
        let name = ages::file_name(checkpoint.iteration());
        self.folder.make_folder(ages::FOLDER)?;
        self.folder.replace(&name, &checkpoint.to_bytes(&self.folder.path_of(&name), Precision::HalfMatrices)?)
    }

    /// Whether it has the network of this age.
    pub fn has_age(&self, age: u64) -> bool {
        self.folder.length(ages::file_name(age)).is_some()
    }

    /// Replaces the table of what it came to after each epoch; there is none where there are no epochs.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone; the old table is then as it was.
    pub fn write_validations(&self, config: &RunConfig, validations: &[Validation]) -> Result<(), FileError> {
        if validations.is_empty() {
            return Ok(());
        }
        let mut text = format!("epoch,iteration,{}\n", config.task().measure().key);
        for (epoch, Validation { iteration, value }) in validations.iter().enumerate() {
            text += &format!("{},{iteration},{value}\n", epoch + 1);
        }
        self.folder.replace(VALIDATIONS, text.as_bytes())
    }

    fn save_as(&self, name: &str, checkpoint: &Checkpoint) -> Result<PathBuf, FileError> {
        self.folder.replace(name, &checkpoint.to_bytes(&self.folder.path_of(name), Precision::Full)?)?;
        Ok(self.path().join(name))
    }

    /// Replaces the configuration where the run's length or its settings have changed.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone; the old configuration is then as it was.
    pub fn save_config(&mut self, config: &RunConfig) -> Result<(), FileError> {
        let text = config.to_toml();
        if text != self.config {
            self.folder.replace(CONFIG, text.as_bytes())?;
            self.config = text;
        }
        Ok(())
    }
}

/// Removes what a run has kept of ages that it has not come to any more: it may take another way from here.
fn forget_ages(folder: &Folder, iteration: u64) {
    let undone = |name: &PathBuf| ages::age_of(name).is_some_and(|age| age > iteration);
    for name in folder.names_in(ages::FOLDER).into_iter().filter(undone) {
        // What cannot be removed is replaced when the run comes by.
        let _removed = folder.remove(name);
    }
}

fn refuse_run(folder: &Path) -> Result<(), FileError> {
    if [CHECKPOINT, METRICS].iter().any(|name| folder.join(name).exists()) {
        let problem = "expected an empty folder, found a run; go on with --resume or choose another folder";
        return Err(FileError::new(folder, problem));
    }
    Ok(())
}

/// Refuses a folder without a checkpoint, unless it is that of a run that was stopped before its first one.
fn refuse_no_run(folder: &Path) -> Result<(), FileError> {
    if checkpoint_path(folder).exists() {
        return Ok(());
    }
    let refuse = |found: &str| {
        let problem = format!("expected the folder of a run, found no {CHECKPOINT} in it{found}");
        Err(FileError::new(folder, problem))
    };
    let lines = metrics_text(&metrics_path(folder))?.map_or(0, |text| text.lines().count());
    match (config_path(folder).exists(), lines) {
        (true, 0 | 1) => Ok(()),
        (false, 0 | 1) => refuse(""),
        (_, lines) => refuse(&format!(", and {} iterations in its {METRICS}", lines - 1)),
    }
}

/// The beginning of a run of which nothing but its configuration is there.
fn unbegun(folder: &Path) -> Result<Checkpoint, FileError> {
    let path = config_path(folder);
    let trainer = Trainer::new(read_config(&path)?).map_err(|error| FileError::new(&path, error.to_string()))?;
    trainer.checkpoint().map_err(|error| FileError::new(folder, error.to_string()))
}

/// Takes the numbers of a checkpoint that has lost its curve from the metrics beside it, which are the same to the bit.
///
/// # Errors
/// When they do not reach so far.
fn restore_curve(checkpoint: &mut Checkpoint, rows: &Rows) -> Result<(), String> {
    let iterations = checkpoint.unrecorded;
    let points = usize::try_from(iterations)
        .ok()
        .and_then(|length| rows.get(..length))
        .ok_or_else(|| format!("cannot be resumed: {}, and {} in {METRICS}", no_curve(iterations), rows.len()))?;
    (checkpoint.curve, checkpoint.unrecorded) = (points.iter().map(|(point, _)| *point).collect(), 0);
    Ok(())
}

/// The configuration that a file describes.
///
/// # Errors
/// When it is missing or describes no run.
pub(super) fn read_config(path: &Path) -> Result<RunConfig, FileError> {
    let read = ConfigText::read(path).and_then(|text| RunConfig::from_text(&text, None));
    read.map_err(|error| FileError::new(path, error.problem()))
}

/// Refuses a configuration that somebody has changed since: its run would no longer be the one that began. Answers with
/// its text, which is empty where there is none.
fn refuse_other_settings(path: &Path, checkpoint: &Checkpoint) -> Result<String, FileError> {
    if !path.exists() {
        return Ok(String::new());
    }
    let (found, known) = (read_config(path)?, &checkpoint.config);
    if found.task().name() != known.task().name() {
        let problem = format!("expected a run of task {}, found {}", known.task().name(), found.task().name());
        return Err(FileError::new(path, problem));
    }
    // A crash may have come between a checkpoint with changed settings and the configuration that tells of them.
    if known.earlier_settings().any(|settings| settings == found.settings) && found.seed == known.seed {
        return Ok(found.to_toml());
    }
    let values = found.settings.iter().zip(known.settings.iter());
    let mut changed: Vec<String> = values
        .filter(|((_, found), (_, known))| found != known)
        .map(|((field, found), (_, known))| format!("{} = {found} instead of {known}", field.key))
        .collect();
    if found.seed != known.seed {
        changed.push(format!("seed = {} instead of {}", found.seed, known.seed));
    }
    Err(FileError::new(path, format!("expected the settings that the run began with, found {}", changed.join(", "))))
}
