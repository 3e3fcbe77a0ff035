//! A saved run that is to go on: what may be changed before it does, and how it is taken up.

use super::background::Wake;
use super::devices::settled;
use super::notice::Notice;
use super::session::record::RunRecord;
use super::training::{Started, notified};
use crate::device::{self, Choice};
use crate::tasks::settings::{Field, Settings};
use crate::train::config::check_steps;
use crate::train::{RunConfig, RunFolder, Trainer, Worker};
use anyhow::{Context as _, bail};
use std::path::{Path, PathBuf};

/// A run folder that goes on at the next start.
pub struct Resuming {
    folder: PathBuf,
    /// The run as it was saved.
    config: RunConfig,
    /// Iterations that lie behind.
    iteration: u64,
    /// How many there shall be in all, as typed.
    pub steps_text: String,
    /// Whether the button that starts it is to be brought into view in this frame: once, below the fields that have come.
    pub is_sought: Option<bool>,
}

/// What was asked for when a run was resumed.
pub(super) struct Orders {
    folder: PathBuf,
    changes: Vec<(String, String)>,
    steps: u64,
}

impl Resuming {
    /// The run in `folder`, as it was saved after `iteration` iterations. One that is complete is offered as many again.
    pub fn new(folder: &Path, config: RunConfig, iteration: u64) -> Self {
        let steps = if config.iterations > iteration { config.iterations } else { 2 * iteration.max(1) };
        Self { folder: folder.to_owned(), config, iteration, steps_text: steps.to_string(), is_sought: None }
    }

    /// The run as it was saved.
    pub fn config(&self) -> &RunConfig {
        &self.config
    }

    /// Iterations that lie behind.
    pub fn iteration(&self) -> u64 {
        self.iteration
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its folder's name.
    pub fn name(&self) -> String {
        self.folder.file_name().unwrap_or(self.folder.as_os_str()).to_string_lossy().into_owned()
    }

    /// Whether a setting may be another one from now on.
    pub fn may_change(&self, field: &Field) -> bool {
        self.config.may_change(field)
    }

    /// How many iterations there shall be in all.
    ///
    /// # Errors
    /// With a sentence when it is no whole number above those that lie behind.
    pub fn steps(&self) -> Result<u64, String> {
        let text = self.steps_text.trim();
        let steps = text.parse().ok().filter(|&steps| steps > self.iteration && check_steps(steps).is_ok());
        steps.ok_or_else(|| format!("iterations expects a whole number above {}, found “{text}”", self.iteration))
    }

    /// What is asked for with `settings` in the fields.
    ///
    /// # Errors
    /// As [`Self::steps`].
    pub(super) fn orders(&self, settings: &Settings) -> Result<Orders, String> {
        let differ = self.config.settings.iter().zip(settings.iter()).filter(|((_, saved), (_, now))| saved != now);
        let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let changes = differ.map(|(_, (field, now))| (field.key.to_owned(), text(now))).collect();
        Ok(Orders { folder: self.folder.clone(), changes, steps: self.steps()? })
    }
}

/// Takes up a run where it was saved, on a thread of its own.
pub(super) fn launch(orders: &Orders, choice: Choice, wake: Wake) -> anyhow::Result<Started> {
    let (compute, reason) = device::open(choice)?;
    let mut notices = Vec::from_iter(
        reason.map(|reason| Notice { text: format!("Training on the CPU: {reason}."), is_error: false }),
    );
    let (folder, mut checkpoint) = RunFolder::resume(&orders.folder)?;
    notices.extend(checkpoint.note.take().map(|note| Notice { text: format!("{note}."), is_error: false }));
    let iteration = checkpoint.iteration();
    if orders.steps <= iteration {
        // It has grown since it was opened.
        bail!("{} has {iteration} iterations by now, expected fewer than {}", folder.path().display(), orders.steps);
    }
    checkpoint.config.change(iteration, &orders.changes)?;
    let mut trainer = Trainer::from_checkpoint(checkpoint)?;
    trainer.set_iterations(orders.steps);
    let compute = settled(choice, compute, &mut trainer, &mut notices);
    trainer.move_to(&compute)?;
    let config = trainer.config().clone();
    let record = RunRecord { points: trainer.curve().to_vec(), validations: trainer.validations().to_vec() };
    let (path, seconds) = (folder.path(), folder.seconds_before());
    let worker = Worker::start(trainer, Some(folder), notified(wake)).context("the system gives no thread")?;
    Ok(Started { worker, notices, folder: Some(path), device: compute.title(), config, record, seconds })
}
