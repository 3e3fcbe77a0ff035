//! The folder of a run: `config.toml`, `metrics.csv`, `checkpoint.safetensors`, `tape.safetensors` (the last
//! lifetime lived in training), and a lock.

use super::checkpoint::Checkpoint;
use super::config::{ConfigError, ConfigText, RunConfig};
use super::trainer::Point;
use crate::episode::{Tape, tape_file};
use crate::files::{self, FileError, Precision, TensorFile, reason};
use crate::plastic::Parameters;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

const CHECKPOINT: &str = "checkpoint.safetensors";
const TAPE: &str = "tape.safetensors";
const METRICS: &str = "metrics.csv";
const CONFIG: &str = "config.toml";
const LOCK: &str = "run.lock";

/// A run folder held by this process: nobody else can write to it until it is dropped.
pub struct RunFolder {
    path: PathBuf,
    metrics: File,
    written: u64,
    seconds_before: f64,
    lock: File,
}

/// The checkpoint of the run in `folder`.
pub fn checkpoint_path(folder: &Path) -> PathBuf {
    folder.join(CHECKPOINT)
}

/// The numbers of the run in `folder`.
pub fn metrics_path(folder: &Path) -> PathBuf {
    folder.join(METRICS)
}

/// The description of the run in `folder`.
pub fn config_path(folder: &Path) -> PathBuf {
    folder.join(CONFIG)
}

/// Whether `folder` holds a run, be it a damaged one.
pub fn is_run(folder: &Path) -> bool {
    [CHECKPOINT, METRICS].iter().any(|name| folder.join(name).is_file())
}

/// The folders of runs directly below `parent`, seeds in their order; none where it is the folder of a run itself.
pub fn runs_below(parent: &Path) -> Vec<PathBuf> {
    if is_run(parent) {
        return Vec::new();
    }
    let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(|path| is_run(path)).collect();
    // By number where names end in one: seed-10 comes after seed-9.
    folders.sort_by_key(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let digits = name.rsplit(|letter: char| !letter.is_ascii_digit()).next().unwrap_or_default();
        (digits.parse::<u64>().unwrap_or(u64::MAX), name.clone())
    });
    folders
}

/// The first run that can be opened in a folder of run folders; any other path itself.
pub fn first_run(path: &Path) -> PathBuf {
    runs_below(path).into_iter().find(|run| checkpoint_path(run).is_file()).unwrap_or_else(|| path.to_owned())
}

/// The last lifetime lived in training by the run in `folder`, if its tape is there and belongs to `checkpoint`:
/// a folder that is being copied may hold files of different age.
pub fn last_tape(folder: &Path, checkpoint: &Checkpoint) -> Option<Tape> {
    let (tape, _) = TensorFile::read(&folder.join(TAPE)).and_then(tape_file::read).ok()?;
    let is_its_own = tape.origin.task == checkpoint.config.task().name()
        && tape.network == checkpoint.network
        && tape.origin.iteration + 1 == checkpoint.iteration();
    is_its_own.then_some(tape)
}

impl RunFolder {
    /// Makes the folder of a new run.
    ///
    /// # Errors
    /// When it cannot be written to, holds a run already, or another process is using it.
    pub fn create(path: &Path, config: &RunConfig) -> Result<Self, FileError> {
        if path.exists() && !path.is_dir() {
            return Err(FileError::new(path, "expected a folder to write to, found something that is not a folder"));
        }
        let io = |error: std::io::Error| FileError::new(path, format!("cannot be written: {}", reason(&error)));
        std::fs::create_dir_all(path).map_err(io)?;
        // Before the lock, to leave nothing in somebody's folder; and under it, when nobody can come between.
        refuse_run(path)?;
        let lock = lock(path)?;
        refuse_run(path)?;
        files::write_atomically(&path.join(CONFIG), config.to_toml().as_bytes())?;
        let metrics = path.join(METRICS);
        files::write_atomically(&metrics, metrics_header(config).as_bytes())?;
        Ok(Self { path: path.to_owned(), metrics: append(&metrics)?, written: 0, seconds_before: 0.0, lock })
    }

    /// Takes up the run in a folder: its checkpoint, with the metrics cut back to it or filled up from it.
    ///
    /// # Errors
    /// When there is no run, its checkpoint cannot be continued, or another process is using it.
    pub fn resume(path: &Path) -> Result<(Self, Checkpoint), FileError> {
        if !path.is_dir() {
            return Err(FileError::new(path, "expected the folder of a run, found no folder"));
        }
        if !checkpoint_path(path).is_file() {
            let problem = format!("expected the folder of a run, found no {CHECKPOINT} in it");
            return Err(FileError::new(path, problem));
        }
        let lock = lock(path)?;
        let checkpoint = Checkpoint::read(&checkpoint_path(path))?;
        if checkpoint.continuation.is_none() {
            let problem = "cannot be resumed: expected optimiser moments, found a checkpoint made for sharing";
            return Err(FileError::new(&checkpoint_path(path), problem));
        }
        refuse_other_settings(&path.join(CONFIG), &checkpoint)?;
        let metrics = path.join(METRICS);
        let found = match std::fs::read(&metrics) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(FileError::new(&metrics, format!("cannot be read: {}", reason(&error)))),
        };
        let mut text = metrics_header(&checkpoint.config);
        let columns = text.split(',').count();
        let iteration = checkpoint.iteration();
        let (mut kept, mut seconds_before) = (0, 0.0);
        // A crash may have left lines that the checkpoint does not know of, or a line cut short.
        for line in found.split_inclusive('\n').skip(1).take(checkpoint.curve.len()) {
            let cells: Vec<&str> = line.strip_suffix('\n').unwrap_or_default().split(',').collect();
            if cells.len() != columns || cells[0].parse() != Ok(kept + 1) {
                break;
            }
            seconds_before = cells[columns - 1].parse().unwrap_or(seconds_before);
            text += line;
            kept += 1;
        }
        for (index, point) in checkpoint.curve.iter().enumerate().skip(kept) {
            text += &metrics_line(index, point, seconds_before);
        }
        files::write_atomically(&metrics, text.as_bytes())?;
        let folder =
            Self { path: path.to_owned(), metrics: append(&metrics)?, written: iteration, seconds_before, lock };
        Ok((folder, checkpoint))
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

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Seconds of training that earlier sittings of this run took.
    pub fn seconds_before(&self) -> f64 {
        self.seconds_before
    }

    /// Appends the iterations of `curve` that are not in `metrics.csv` yet; `ages` are the seconds of training
    /// after each of them.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone.
    pub fn write_metrics(&mut self, curve: &[Point], ages: &[f64]) -> Result<(), FileError> {
        let mut text = String::new();
        for (index, point) in curve.iter().enumerate().skip(self.written as usize) {
            let age = ages.get(index - self.written as usize).or(ages.last());
            text += &metrics_line(index, point, age.copied().unwrap_or(self.seconds_before));
        }
        let append = || -> std::io::Result<()> {
            let length = self.metrics.metadata()?.len();
            (&self.metrics).write_all(text.as_bytes()).or_else(|error| {
                // The next attempt writes the same lines; half of one must not stand before them.
                self.metrics.set_len(length)?;
                Err(error)
            })
        };
        append().map_err(|error| {
            FileError::new(&self.path.join(METRICS), format!("cannot be written: {}", reason(&error)))
        })?;
        self.written = curve.len() as u64;
        Ok(())
    }

    /// Replaces the tape of the last lifetime lived in training; `parameters` are the network after it.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone; the old tape is then as it was.
    pub fn save_tape(&self, tape: &Tape, parameters: &Parameters) -> Result<(), FileError> {
        tape_file::write(&self.path.join(TAPE), tape, parameters)
    }

    /// Replaces the checkpoint and, where the run's length has changed, the configuration.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone; the old checkpoint is then as it was.
    pub fn save(&self, checkpoint: &Checkpoint) -> Result<PathBuf, FileError> {
        let path = checkpoint_path(&self.path);
        checkpoint.write(&path, Precision::Full)?;
        files::write_atomically(&self.path.join(CONFIG), checkpoint.config.to_toml().as_bytes())?;
        Ok(path)
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        // Closing would do, were it not for a process forked at this moment: it shares the open file until
        // it becomes another program. The system releases what cannot be unlocked here.
        let _unlocked = self.lock.unlock();
    }
}

fn refuse_run(folder: &Path) -> Result<(), FileError> {
    if [CHECKPOINT, METRICS].iter().any(|name| folder.join(name).exists()) {
        let problem = "expected an empty folder, found a run; go on with --resume or choose another folder";
        return Err(FileError::new(folder, problem));
    }
    Ok(())
}

/// Refuses a configuration that somebody has changed since: its run would no longer be the one that began.
fn refuse_other_settings(path: &Path, checkpoint: &Checkpoint) -> Result<(), FileError> {
    if !path.exists() {
        return Ok(());
    }
    let without_path = |error: ConfigError| match error {
        ConfigError::File { problem, .. } => problem,
        error => error.to_string(),
    };
    let read = ConfigText::read(path).and_then(|text| RunConfig::from_text(&text, None));
    let found = read.map_err(|error| FileError::new(path, without_path(error)))?;
    let known = &checkpoint.config;
    if found.task().name() != known.task().name() {
        let problem = format!("expected a run of task {}, found {}", known.task().name(), found.task().name());
        return Err(FileError::new(path, problem));
    }
    let values = found.settings.iter().zip(known.settings.iter());
    let mut changed: Vec<String> = values
        .filter(|((_, found), (_, known))| found != known)
        .map(|((field, found), (_, known))| format!("{} = {found} instead of {known}", field.key))
        .collect();
    if found.seed != known.seed {
        changed.push(format!("seed = {} instead of {}", found.seed, known.seed));
    }
    if changed.is_empty() {
        return Ok(());
    }
    Err(FileError::new(path, format!("expected the settings that the run began with, found {}", changed.join(", "))))
}

/// The first line of `metrics.csv`.
pub(super) fn metrics_header(config: &RunConfig) -> String {
    format!("iteration,loss,{},eta,grad_norm,seconds\n", config.task().measure().key)
}

/// The line of the iteration at `index` of the curve.
fn metrics_line(index: usize, point: &Point, seconds: f64) -> String {
    let Point { loss, measure, eta, grad_norm } = point;
    format!("{},{loss},{measure},{eta},{grad_norm},{seconds:.3}\n", index + 1)
}

fn append(path: &Path) -> Result<File, FileError> {
    OpenOptions::new()
        .append(true)
        .open(path)
        .map_err(|error| FileError::new(path, format!("cannot be written: {}", reason(&error))))
}

fn lock(folder: &Path) -> Result<File, FileError> {
    let path = folder.join(LOCK);
    let io = |error: std::io::Error| FileError::new(folder, format!("cannot be written: {}", reason(&error)));
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(&path).map_err(io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(FileError::new(folder, "expected a free run folder, found one that another process is writing to"))
        }
        Err(TryLockError::Error(error)) => Err(io(error)),
    }
}
