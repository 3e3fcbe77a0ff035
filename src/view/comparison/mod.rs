//! Runs beside each other: which ones, read away from the frame, grouped by what they have in common.
//!
//! | file | subject |
//! |---|---|
//! | [`groups`] | runs that differ in nothing but the seed, and what groups are called |
//! | [`compared`] | the runs and their groups at one moment |
//! | [`reader`] | a thread that reads run folders, and looks again while they grow |

pub mod compared;
pub mod groups;
pub mod reader;

pub use compared::Compared;
pub use groups::Group;

use super::background::{NoThread, Wake};
use super::notice::Notice;
use super::session::failures::{Attempt, Failures};
use reader::{Reader, Report};
use std::path::PathBuf;

/// The runs that are compared in the window.
#[derive(Default)]
pub struct Comparison {
    compared: Compared,
    readers: Vec<Reader>,
    failures: Failures,
    /// Whether something could not be compared since folders were added the last time.
    has_failed: bool,
}

impl Comparison {
    /// What is compared now.
    pub fn compared(&self) -> &Compared {
        &self.compared
    }

    /// To show or hide a group, or to take it away.
    pub fn compared_mut(&mut self) -> &mut Compared {
        &mut self.compared
    }

    /// Whether there is anything to compare, or about to be.
    pub fn is_empty(&self) -> bool {
        self.compared.groups().is_empty() && self.unread() == 0
    }

    /// How many runs are still being read for the first time.
    pub fn unread(&self) -> usize {
        self.readers.iter().map(Reader::unread).sum()
    }

    /// Adds the runs in `paths`: run folders, and folders that hold run folders. They are read on a thread of their
    /// own, which looks again while they grow; `wake` asks for another frame.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn add(&mut self, paths: Vec<PathBuf>, wake: &Wake) -> Result<(), NoThread> {
        self.readers.push(Reader::start(paths, wake)?);
        self.has_failed = false;
        Ok(())
    }

    /// Compares nothing any more.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Shows what has been compared elsewhere; nobody looks at its folders again.
    pub fn show(&mut self, compared: Compared) {
        (self.compared, self.readers) = (compared, Vec::new());
    }

    /// Takes in what has been read; what cannot be compared is said.
    pub fn update(&mut self, notices: &mut Vec<Notice>) {
        let (mut new, mut grown) = (Vec::new(), Vec::new());
        for reader in &mut self.readers {
            for report in reader.reports() {
                match report {
                    Report::Read(run) => new.push(run),
                    Report::Grown(run) => grown.push(run),
                    Report::Unreadable(problem) => {
                        self.has_failed = true;
                        self.failures.tell(notices, Attempt::Comparing, format!("Not compared: {problem}."));
                    }
                }
            }
        }
        if !grown.is_empty() {
            self.compared.renew(grown);
        }
        if !new.is_empty() {
            let refused = self.compared.add(new);
            self.has_failed |= !refused.is_empty();
            // What was added last is there, all of it.
            if !self.has_failed && self.unread() == 0 {
                self.failures.clear(notices, Attempt::Comparing);
            }
            for copy in self.compared.take_passed_over() {
                notices.push(Notice { text: format!("Passed over: {copy}."), is_error: false });
            }
            for why in refused {
                self.failures.tell(notices, Attempt::Comparing, format!("Not compared: {why}."));
            }
        }
    }

    /// Waits for all that is being read; for pictures and tests, never for a frame.
    pub fn settle(&mut self, notices: &mut Vec<Notice>) {
        self.readers.iter_mut().for_each(Reader::settle);
        self.update(notices);
    }
}
