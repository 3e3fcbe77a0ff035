//! A run of an earlier window that has not come to its end: that window was closed or killed while it trained.

use super::background::{Errand, Wake};
use super::resuming::Resuming;
use super::session::Session;
use crate::train::{open, run_folder};
use std::path::{Path, PathBuf};

/// Whether there is such a run, as far as it is known.
#[derive(Default)]
pub struct Interrupted {
    looking: Option<Errand<Option<Resuming>>>,
    found: Option<Resuming>,
}

/// The run in `folder`, where it can go on and nobody else goes on with it.
fn look(folder: &Path) -> Option<Resuming> {
    if run_folder::is_in_use(folder) {
        return None;
    }
    let checkpoint = open::checkpoint(folder).ok().filter(|checkpoint| checkpoint.continuation.is_some())?;
    let iteration = checkpoint.iteration();
    let is_open = iteration < checkpoint.config.iterations;
    is_open.then(|| Resuming::new(folder, checkpoint.config, iteration))
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
    pub fn interrupted(&self) -> Option<&Resuming> {
        self.interrupted.found.as_ref().filter(|_| !self.training.is_active())
    }

    /// Goes on with it as it was.
    pub fn resume_interrupted(&mut self) {
        if let Some(found) = self.interrupted.found.take_if(|_| !self.training.is_active()) {
            self.training.prepare_to_resume(found);
            self.start_training();
        }
    }

    /// Looks at its network as it was left, without going on.
    pub fn look_at_interrupted(&mut self) {
        if let Some(found) = self.interrupted.found.take() {
            self.open(found.folder().to_owned());
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
