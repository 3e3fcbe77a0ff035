//! The worker's paths to the outside: events, the latest state, and the files of the run.

use super::{Event, Options, SNAPSHOT_EVERY, Snapshot};
use crate::files::FileError;
use crate::train::run_folder::RunFolder;
use crate::train::trainer::{Point, Trainer};
use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// The other side has gone.
pub(super) struct Gone;

/// The worker's paths to the outside: folder, events, latest state.
pub(super) struct Outbox {
    pub(super) folder: Option<RunFolder>,
    pub(super) kept: Option<PathBuf>,
    pub(super) events: SyncSender<Event>,
    pub(super) waiting: VecDeque<Event>,
    /// Numbers that no event carries yet.
    pub(super) fresh: Vec<Point>,
    pub(super) latest: Arc<Mutex<Option<Snapshot>>>,
    pub(super) offered: Option<Instant>,
    pub(super) saved: Instant,
    pub(super) training_seconds: f64,
    /// Its value after each iteration that `metrics.csv` does not hold yet.
    pub(super) ages: Vec<f64>,
    /// What has gone wrong in saving since it last went well: told once, not at every save.
    pub(super) said: BTreeSet<String>,
    pub(super) options: Options,
}

impl Outbox {
    /// Sends what can be sent without waiting.
    pub(super) fn flush(&mut self, iteration: u64) -> Result<(), Gone> {
        if !self.fresh.is_empty() && self.waiting.is_empty() {
            let points = std::mem::take(&mut self.fresh);
            let first = iteration + 1 - points.len() as u64;
            self.waiting.push_back(Event::Progress { first, points, seconds: self.training_seconds });
        }
        while let Some(event) = self.waiting.pop_front() {
            match self.events.try_send(event) {
                Ok(()) => (self.options.notify)(),
                Err(TrySendError::Full(event)) => {
                    // Numbers go back to the batch, so that it can grow while it waits.
                    match event {
                        Event::Progress { mut points, .. } if self.waiting.is_empty() => {
                            points.append(&mut self.fresh);
                            self.fresh = points;
                        }
                        event => self.waiting.push_front(event),
                    }
                    return Ok(());
                }
                Err(TrySendError::Disconnected(_)) => return Err(Gone),
            }
        }
        Ok(())
    }

    /// Queues news behind the numbers that came before it.
    pub(super) fn report(&mut self, iteration: u64, event: Event) -> Result<(), Gone> {
        if !self.fresh.is_empty() {
            let points = std::mem::take(&mut self.fresh);
            let first = iteration + 1 - points.len() as u64;
            self.waiting.push_back(Event::Progress { first, points, seconds: self.training_seconds });
        }
        self.waiting.push_back(event);
        self.flush(iteration)
    }

    /// Sends everything, waiting for room.
    pub(super) fn send_all(&mut self) {
        while let Some(event) = self.waiting.pop_front() {
            if self.events.send(event).is_err() {
                return;
            }
            (self.options.notify)();
        }
    }

    pub(super) fn offer(&mut self, trainer: &Trainer, now: bool) {
        let due = self.offered.is_none_or(|offered| offered.elapsed() >= SNAPSHOT_EVERY);
        if !self.options.snapshots || !(due || now) {
            return;
        }
        let Some(tape) = trainer.last_tape() else { return };
        // A copy that fails for want of memory is tried again at the next iteration.
        let Ok(parameters) = trainer.parameters().snapshot() else { return };
        let gradients = trainer.last_gradients();
        let snapshot = Snapshot { iteration: trainer.iteration(), parameters, tape: Arc::clone(tape), gradients };
        *self.latest.lock().unwrap_or_else(PoisonError::into_inner) = Some(snapshot);
        self.offered = Some(Instant::now());
        (self.options.notify)();
    }

    /// Saves; where that fails, says so and lets training go on.
    pub(super) fn save(&mut self, trainer: &Trainer) -> Result<(), Gone> {
        match self.keep(trainer) {
            Ok(Some(event)) => self.report(trainer.iteration(), event),
            Ok(None) => Ok(()),
            Err(error) => {
                self.warn(format!("not saved, training goes on: {error}"));
                self.flush(trainer.iteration())
            }
        }
    }

    /// Queues a warning, unless it has been given since everything last went well.
    pub(super) fn warn(&mut self, text: String) {
        if self.said.insert(text.clone()) {
            self.waiting.push_back(Event::Warning(text));
        }
    }

    /// Saves, and answers with the news of it; without a folder there is none. What matters comes first, and each file by
    /// itself: one that cannot be written keeps no other from being saved.
    pub(super) fn keep(&mut self, trainer: &Trainer) -> Result<Option<Event>, FileError> {
        let Some(folder) = &mut self.folder else { return Ok(None) };
        self.saved = Instant::now();
        folder.check()?;
        let checkpoint = trainer
            .checkpoint()
            .map_err(|error| FileError::new(&folder.path(), format!("cannot be saved: {error}")))?;
        let path = folder.save(&checkpoint)?;
        let metrics = folder.write_metrics(trainer.curve(), &self.ages);
        if metrics.is_ok() {
            self.ages.clear();
        }
        let tape = trainer.last_tape().map_or(Ok(()), |tape| folder.save_tape(tape, &checkpoint.parameters));
        let config = folder.save_config(trainer.config());
        let validations = folder.write_validations(trainer.config(), trainer.validations());
        let problems: Vec<FileError> =
            [metrics, tape, config, validations].into_iter().filter_map(Result::err).collect();
        if problems.is_empty() {
            self.said.clear();
        }
        for problem in problems {
            self.warn(format!("the checkpoint is saved and training goes on, but {problem}"));
        }
        if self.kept.as_ref().is_some_and(|kept| *kept != path) {
            self.warn(format!("the folder of this run has been moved: it goes on in {}", folder_of(&path).display()));
        }
        self.kept = Some(path.clone());
        Ok(Some(Event::Saved { path, iteration: trainer.iteration() }))
    }

    /// Keeps the network beside the run's checkpoint as the best so far; where that fails, says so.
    pub(super) fn keep_best(&mut self, trainer: &Trainer) {
        let Some(folder) = &mut self.folder else { return };
        let saved = folder.check().and_then(|()| {
            let path = folder.path();
            let checkpoint = trainer.checkpoint().map_err(|error| FileError::new(&path, error.to_string()))?;
            folder.save_best(&checkpoint)
        });
        if let Err(error) = saved {
            self.warn(format!("the best network so far was not saved, training goes on: {error}"));
        }
    }

    /// Keeps the network where it has come to one of these `ages`; where that fails, says so.
    pub(super) fn keep_age(&mut self, trainer: &Trainer, ages: &BTreeSet<u64>) {
        let Some(folder) = self.folder.as_mut().filter(|_| ages.contains(&trainer.iteration())) else { return };
        if folder.has_age(trainer.iteration()) {
            return;
        }
        let saved = folder.check().and_then(|()| {
            let path = folder.path();
            let checkpoint = trainer.snapshot().map_err(|error| FileError::new(&path, error.to_string()))?;
            folder.save_age(&checkpoint)
        });
        if let Err(error) = saved {
            self.warn(format!("a snapshot of the network was not saved, training goes on: {error}"));
        }
    }

    /// Keeps what can be kept of a run that broke: the numbers, and the network where it is sound.
    pub(super) fn keep_failed(&mut self, trainer: &Trainer, is_sound: bool) -> Option<PathBuf> {
        let folder = self.folder.as_mut()?;
        if let Err(error) = folder.check() {
            self.warn(error.to_string());
            return None;
        }
        let metrics = folder.write_metrics(trainer.curve(), &self.ages);
        // A network that holds NaN itself is refused, and the last good checkpoint has to do.
        let before = is_sound.then(|| folder.save_failed(&trainer.checkpoint().ok()?).ok()).flatten();
        if let Err(error) = metrics {
            self.warn(error.to_string());
        }
        before
    }

    /// The last checkpoint that was saved, if it is still there: in the folder that is held, whatever stands at its path.
    pub(super) fn kept(&self) -> Option<PathBuf> {
        self.kept.clone().filter(|_| self.folder.as_ref().is_some_and(RunFolder::has_checkpoint))
    }
}

/// The folder of a file.
fn folder_of(path: &Path) -> &Path {
    path.parent().unwrap_or(path)
}
