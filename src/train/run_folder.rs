//! The folder of a run: `config.toml`, `metrics.csv`, `checkpoint.safetensors`, and a lock.

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use super::trainer::Point;
use crate::plastic::tensor_file::{self, FileError, Precision, reason};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};

const CHECKPOINT: &str = "checkpoint.safetensors";
const METRICS: &str = "metrics.csv";
const CONFIG: &str = "config.toml";
const LOCK: &str = "run.lock";

/// A run folder held by this process: nobody else can write to it until it is dropped.
pub struct RunFolder {
    path: PathBuf,
    metrics: File,
    written: u64,
    seconds_before: f64,
    _lock: File,
}

/// The checkpoint of the run in `folder`.
pub fn checkpoint_path(folder: &Path) -> PathBuf {
    folder.join(CHECKPOINT)
}

impl RunFolder {
    /// Makes the folder of a new run.
    ///
    /// # Errors
    /// When it cannot be written to, holds a run already, or another process is using it.
    pub fn create(path: &Path, config: &RunConfig) -> Result<Self, FileError> {
        let io = |error: std::io::Error| FileError::new(path, format!("cannot be written: {}", reason(&error)));
        std::fs::create_dir_all(path).map_err(io)?;
        let lock = lock(path)?;
        for name in [CHECKPOINT, METRICS] {
            if path.join(name).exists() {
                let problem = "expected an empty folder, found a run; go on with --resume or choose another folder";
                return Err(FileError::new(path, problem));
            }
        }
        tensor_file::write_atomically(&path.join(CONFIG), config.to_toml().as_bytes())?;
        let header = format!("iteration,loss,{},eta,grad_norm,seconds\n", config.task().measure().key);
        let metrics = path.join(METRICS);
        tensor_file::write_atomically(&metrics, header.as_bytes())?;
        Ok(Self { path: path.to_owned(), metrics: append(&metrics)?, written: 0, seconds_before: 0.0, _lock: lock })
    }

    /// Takes up the run in a folder: its checkpoint, with the metrics cut back to it.
    ///
    /// # Errors
    /// When there is no run, its checkpoint cannot be continued, or another process is using it.
    pub fn resume(path: &Path) -> Result<(Self, Checkpoint), FileError> {
        if !path.is_dir() {
            return Err(FileError::new(path, "expected the folder of a run, found no folder"));
        }
        let lock = lock(path)?;
        let checkpoint = Checkpoint::read(&checkpoint_path(path))?;
        if checkpoint.continuation.is_none() {
            let problem = "cannot be resumed: expected optimiser moments, found a checkpoint made for sharing";
            return Err(FileError::new(&checkpoint_path(path), problem));
        }
        let metrics = path.join(METRICS);
        let text = std::fs::read_to_string(&metrics)
            .map_err(|error| FileError::new(&metrics, format!("cannot be read: {}", reason(&error))))?;
        let iteration = checkpoint.iteration();
        let kept: String = text
            .lines()
            .enumerate()
            .filter(|(index, line)| {
                let number = line.split(',').next().and_then(|number| number.parse::<u64>().ok());
                *index == 0 || number.is_some_and(|number| number <= iteration)
            })
            .flat_map(|(_, line)| [line, "\n"])
            .collect();
        tensor_file::write_atomically(&metrics, kept.as_bytes())?;
        let seconds_before =
            kept.lines().next_back().and_then(|line| line.split(',').next_back()?.parse().ok()).unwrap_or(0.0);
        let folder =
            Self { path: path.to_owned(), metrics: append(&metrics)?, written: iteration, seconds_before, _lock: lock };
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

    /// Appends the iterations of `curve` that are not in `metrics.csv` yet; `seconds` is the run's age.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone.
    pub fn write_metrics(&mut self, curve: &[Point], seconds: f64) -> Result<(), FileError> {
        let mut text = String::new();
        for (index, point) in curve.iter().enumerate().skip(self.written as usize) {
            let Point { loss, measure, eta, grad_norm } = point;
            text += &format!("{},{loss},{measure},{eta},{grad_norm},{seconds:.3}\n", index + 1);
        }
        let metrics = self.path.join(METRICS);
        self.metrics
            .write_all(text.as_bytes())
            .map_err(|error| FileError::new(&metrics, format!("cannot be written: {}", reason(&error))))?;
        self.written = curve.len() as u64;
        Ok(())
    }

    /// Replaces the checkpoint and, where the run's length has changed, the configuration.
    ///
    /// # Errors
    /// When the disk is full or the folder is gone; the old checkpoint is then as it was.
    pub fn save(&self, checkpoint: &Checkpoint) -> Result<PathBuf, FileError> {
        let path = checkpoint_path(&self.path);
        checkpoint.write(&path, Precision::Full)?;
        tensor_file::write_atomically(&self.path.join(CONFIG), checkpoint.config.to_toml().as_bytes())?;
        Ok(path)
    }
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
