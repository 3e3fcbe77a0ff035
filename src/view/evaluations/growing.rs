//! Findings that grow while a thread of their own makes them, and are kept once they are over.

use super::keep;
use crate::view::background::{Background, Message, Reporter, Vanished, Wake};

/// So many are kept, each a few numbers.
const KEPT: usize = 32;

/// How it ends: whole, or why it came to nothing.
pub(super) type End = Result<(), String>;

/// What is found bit by bit.
pub(super) trait Growing {
    /// One bit.
    type More: Send + 'static;

    /// Takes in one more.
    fn add(&mut self, more: Self::More);

    /// No more comes; with a `problem`, it came to nothing.
    fn end(&mut self, problem: Option<String>);
}

/// One that is in the making, and those that are over.
pub(super) struct Findings<T: Growing> {
    known: Vec<T>,
    running: Option<(T, Background<T::More, End>)>,
}

impl<T: Growing> Default for Findings<T> {
    fn default() -> Self {
        Self { known: Vec::new(), running: None }
    }
}

impl<T: Growing> Findings<T> {
    /// The one in the making first, then those that are over.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.running.iter().map(|(found, _)| found).chain(&self.known)
    }

    /// Forgets those that are over and that `stays` does not keep.
    pub fn retain(&mut self, stays: impl FnMut(&T) -> bool) {
        self.known.retain(stays);
    }

    /// Begins with `found` on a thread called `name`; what was in the making is given up.
    pub fn begin(
        &mut self,
        mut found: T,
        name: &'static str,
        wake: &Wake,
        work: impl FnOnce(&Reporter<T::More, End>) -> anyhow::Result<()> + Send + 'static,
    ) {
        match Background::start(name, wake, move |reporter| work(reporter).map_err(|error| format!("{error:#}"))) {
            Ok(job) => self.running = Some((found, job)),
            Err(problem) => {
                found.end(Some(problem.to_string()));
                keep(&mut self.known, found, KEPT);
            }
        }
    }

    /// Takes in what has been found since the last call, or gives it up where it is no longer wanted.
    pub fn update(&mut self, is_wanted: bool) {
        if !is_wanted {
            self.running = None;
        }
        while let Some(message) = self.running.as_ref().and_then(|(_, job)| job.poll()) {
            self.receive(message);
        }
    }

    /// Whether something is in the making.
    pub fn is_busy(&self) -> bool {
        self.running.is_some()
    }

    /// Waits for what is in the making; for pictures and tests, never for a frame.
    pub fn settle(&mut self) {
        while let Some(message) = self.running.as_ref().map(|(_, job)| job.wait()) {
            self.receive(message);
        }
    }

    fn receive(&mut self, message: Message<T::More, End>) {
        let problem = match message {
            Message::Partial(more) => {
                if let Some((found, _)) = &mut self.running {
                    found.add(more);
                }
                return;
            }
            Message::Done(end) => end.err(),
            Message::Vanished => Some(Vanished.to_string()),
        };
        let Some((mut found, _)) = self.running.take() else { return };
        found.end(problem);
        keep(&mut self.known, found, KEPT);
    }
}
