//! A run of an earlier window that has not come to its end: that window was closed or killed while it trained.

use super::background::{Errand, Wake};
use super::resuming::Resuming;
use super::session::Session;
use crate::train::{RunConfig, open, run_folder};
use std::path::{Path, PathBuf};

/// Whether there is such a run, as far as it is known.
#[derive(Default)]
pub struct Interrupted {
    looking: Option<Errand<Option<Found>>>,
    found: Option<Found>,
}

/// A run that can go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Its folder.
    pub folder: PathBuf,
    /// Iterations that lie behind.
    pub iteration: u64,
    config: RunConfig,
}

impl Found {
    /// Its folder's name.
    pub fn name(&self) -> String {
        self.folder.file_name().unwrap_or(self.folder.as_os_str()).to_string_lossy().into_owned()
    }

    /// Iterations that it is to have.
    pub fn planned(&self) -> u64 {
        self.config.iterations
    }
}

/// The run in `folder`, where it can go on and nobody else goes on with it.
fn look(folder: &Path) -> Option<Found> {
    if run_folder::is_in_use(folder) {
        return None;
    }
    let checkpoint = open::checkpoint(folder).ok().filter(|checkpoint| checkpoint.continuation.is_some())?;
    let iteration = checkpoint.iteration();
    let found = Found { folder: folder.to_owned(), iteration, config: checkpoint.config };
    (found.iteration < found.planned()).then_some(found)
}

impl Interrupted {
    /// Looks whether the run in `folder` is one.
    fn begin(&mut self, folder: PathBuf, wake: &Wake) {
        // Without a thread nothing is offered.
        self.looking = Errand::start("hebbscope-interrupted", wake, move |_| look(&folder)).ok();
    }

    fn update(&mut self) {
        if let Some(found) = self.looking.as_ref().and_then(Errand::answer) {
            (self.looking, self.found) = (None, found.ok().flatten());
        }
    }

    /// Whether it is still being found out.
    pub(super) fn is_looking(&self) -> bool {
        self.looking.is_some()
    }

    /// Waits until it is known; for pictures and tests, never for a frame.
    pub(super) fn settle(&mut self) {
        if let Some(looking) = self.looking.take() {
            self.found = looking.wait_for_answer().ok().flatten();
        }
    }
}

impl Session {
    /// Looks whether the run in `folder`, in which an earlier window trained, can go on.
    pub fn look_for_interrupted(&mut self, folder: PathBuf) {
        let wake = self.waker();
        self.interrupted.begin(folder, &wake);
    }

    /// A run that an earlier window has left, which can go on here; `None` where there is none, or one is in training.
    pub fn interrupted(&self) -> Option<&Found> {
        self.interrupted.found.as_ref().filter(|_| !self.training.is_active())
    }

    /// Goes on with it as it was.
    pub fn resume_interrupted(&mut self) {
        if let Some(found) = self.interrupted().cloned() {
            self.interrupted.found = None;
            self.training.prepare_to_resume(Resuming::new(&found.folder, found.config, found.iteration));
            self.start_training();
        }
    }

    /// Looks at its network as it was left, without going on.
    pub fn look_at_interrupted(&mut self) {
        if let Some(folder) = self.interrupted.found.take().map(|found| found.folder) {
            self.open(folder);
        }
    }

    /// It is not to be offered again.
    pub fn forget_interrupted(&mut self) {
        self.interrupted.found = None;
    }

    /// Whether there is such a run, or it is not known yet.
    pub fn may_be_interrupted(&self) -> bool {
        self.interrupted.found.is_some() || self.interrupted.is_looking()
    }

    pub(super) fn update_interrupted(&mut self) {
        self.interrupted.update();
    }
}
