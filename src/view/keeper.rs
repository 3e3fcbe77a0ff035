//! The window's settings are written when they have changed and not only at its end, so that nothing is lost with a
//! window that is killed. Files are written by a thread of its own: no frame waits for a disk.

use super::preferences::Preferences;
use crate::files::FileError;
use std::path::PathBuf;
use std::thread::JoinHandle;
use std::time::Duration;

/// Settings are written once they have been at rest for so long, in seconds: a window is dragged to its size and a
/// palette clicked through in many frames.
pub const REST: f64 = 0.5;

/// Settings that never rest are written after so many seconds all the same.
const LONGEST_WAIT: f64 = 3.0;

/// What has changed and is not written yet.
struct Waiting {
    now: Preferences,
    /// Seconds since the latest change, and since the first.
    rested: f64,
    waited: f64,
}

/// Keeps the settings of one window in their file.
pub struct Keeper {
    path: PathBuf,
    /// What this window has read or written last.
    kept: Preferences,
    waiting: Option<Waiting>,
    /// Whether the last write came to nothing: the next one is due at the end at the latest.
    is_lost: bool,
    writing: Option<JoinHandle<Result<(), FileError>>>,
    /// Whether somebody has been told that nothing can be written.
    has_complained: bool,
}

impl Keeper {
    /// For the file at `path`, which holds `kept`.
    pub fn new(path: PathBuf, kept: Preferences) -> Self {
        Self { path, kept, waiting: None, is_lost: false, writing: None, has_complained: false }
    }

    /// The window is like `now`, `seconds` after the last call. Answers how long until it wants to be called again, if
    /// it does.
    pub fn update(&mut self, now: &Preferences, seconds: f64) -> Option<Duration> {
        match &mut self.waiting {
            Some(waiting) => {
                waiting.waited += seconds;
                waiting.rested += seconds;
                if waiting.now != *now {
                    (waiting.now, waiting.rested) = (now.clone(), 0.0);
                }
            }
            None if self.kept != *now => {
                self.waiting = Some(Waiting { now: now.clone(), rested: 0.0, waited: 0.0 });
            }
            None => return None,
        }
        // One write after the other: a slow disk must not let an older one come last.
        let is_writing = self.writing.as_ref().is_some_and(|writing| !writing.is_finished());
        let waiting = self.waiting.as_ref()?;
        let rest = (REST - waiting.rested).min(LONGEST_WAIT - waiting.waited);
        if rest > 0.0 || is_writing {
            return Some(Duration::from_secs_f64(rest.max(0.05)));
        }
        let now = self.waiting.take()?.now;
        let (path, kept) = (self.path.clone(), now.clone());
        let write = move || kept.write_beside_others(&path);
        // Without a thread the file is written with the next change, or at the end.
        self.writing = std::thread::Builder::new().name("hebbscope-settings".into()).spawn(write).ok();
        (self.is_lost, self.kept) = (self.writing.is_none(), now);
        None
    }

    /// What went wrong with the last write, told once for each window.
    pub fn complaint(&mut self) -> Option<String> {
        if !self.writing.as_ref()?.is_finished() {
            return None;
        }
        let error = self.settle().err()?;
        let is_first = !std::mem::replace(&mut self.has_complained, true);
        is_first.then(|| format!("The window's settings are not kept: {error}."))
    }

    /// The window closes and is like `now`: writes what is not written.
    ///
    /// # Errors
    /// When the place cannot be written to.
    pub fn finish(&mut self, now: &Preferences) -> Result<(), FileError> {
        let is_written = self.settle().is_ok() && self.waiting.take().is_none() && self.kept == *now && !self.is_lost;
        if is_written {
            return Ok(());
        }
        self.kept = now.clone();
        self.kept.write_beside_others(&self.path)
    }

    /// Waits for the write that is under way.
    fn settle(&mut self) -> Result<(), FileError> {
        let Some(writing) = self.writing.take() else { return Ok(()) };
        let stopped =
            |_| Err(FileError::new(&self.path, "cannot be written: the writing stopped by an internal error"));
        let written = writing.join().unwrap_or_else(stopped);
        self.is_lost = written.is_err();
        written
    }
}
