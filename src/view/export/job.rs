//! An export on a thread of its own: progress, cancel, result.

use super::{Export, ExportError, Progress, Shown, Written};
use crate::files::FileError;
use crate::view::background::Wake;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread::JoinHandle;

/// What an export came to.
pub type Outcome = Result<Written, ExportError>;

/// Writes an export to a file, here and now: all of it, or nothing. The window has one, because it draws.
pub type Write = fn(&Export, &Shown, &Path, &Progress) -> Outcome;

/// An export in the background. Dropping it cancels it and waits for its current part, so that nothing is left behind.
pub struct Job {
    path: PathBuf,
    progress: Arc<Progress>,
    outcome: Receiver<Outcome>,
    thread: Option<JoinHandle<()>>,
}

impl Job {
    /// Starts the thread, on which `write` does the work; `wake` is called whenever there is something new to show.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(write: Write, export: Export, shown: Shown, path: PathBuf, wake: Wake) -> Result<Self, ExportError> {
        let wake_at_end = Arc::clone(&wake);
        let progress = Arc::new(Progress::new(move |_, _| wake()));
        let (sender, outcome) = sync_channel(1);
        let (target, reported) = (path.clone(), Arc::clone(&progress));
        let spawned = std::thread::Builder::new().name("hebbscope-export".into()).spawn(move || {
            // A window that has been closed no longer wants the result.
            let _delivered = sender.send(write(&export, &shown, &target, &reported));
            wake_at_end();
        });
        let thread = spawned.map_err(|error| {
            FileError::new(&path, format!("cannot be written: the system gives no thread ({error})"))
        })?;
        Ok(Self { path, progress, outcome, thread: Some(thread) })
    }

    /// The file in the making.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Parts done, and all parts.
    pub fn parts(&self) -> (usize, usize) {
        self.progress.parts()
    }

    /// Asks it to stop; the outcome says that it has.
    pub fn cancel(&self) {
        self.progress.cancel();
    }

    /// What it came to, once it has ended; only once.
    pub fn poll(&mut self) -> Option<Outcome> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => Some(Err(self.broken())),
        }
    }

    /// Waits for what it comes to; for tests, never for a frame.
    ///
    /// # Errors
    /// As [`Write`].
    pub fn wait(self) -> Outcome {
        self.outcome.recv().unwrap_or_else(|_| Err(self.broken()))
    }

    fn broken(&self) -> ExportError {
        FileError::new(&self.path, "cannot be written: the export stopped by an internal error").into()
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.cancel();
        if let Some(thread) = self.thread.take() {
            // A panic in it has been reported as the outcome.
            let _ended = thread.join();
        }
    }
}
