//! An example of the viewer's own, being read from a file on a thread of its own.

use crate::files::one_line;
use crate::tasks::Task;
use crate::train::RunConfig;
use crate::view::background::{Errand, Wake};
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// After so long it is tried again to read what could not be begun with.
const AGAIN: Duration = Duration::from_secs(1);

/// What [`Reading::begin`] does.
type Begin = fn(&'static dyn Task, RunConfig, PathBuf, &Wake) -> Result<Reading, String>;

/// A file being read.
pub(in crate::view) struct Reading {
    path: PathBuf,
    result: Errand<Result<Vec<f32>, String>>,
}

impl Reading {
    /// Begins to read `path` as an example of a network that `config` describes.
    ///
    /// # Errors
    /// With a sentence when the system gives no thread.
    pub fn begin(task: &'static dyn Task, config: RunConfig, path: PathBuf, wake: &Wake) -> Result<Self, String> {
        let file = path.clone();
        let read = Errand::start("hebbscope-pictures", wake, move |_| {
            let whole_path = one_line(&file.display().to_string());
            let read = task.read_example(&config.settings, &file);
            read.map_err(|error| error.to_string().replace(&whole_path, &file_name(&file)))
        });
        match read {
            Ok(result) => Ok(Self { path, result }),
            Err(problem) => Err(problem.to_string()),
        }
    }

    /// The name of the file.
    pub fn name(&self) -> String {
        file_name(&self.path)
    }

    /// What was read, or why not; `None` while it is being read.
    pub fn result(&self) -> Option<Result<Vec<f32>, String>> {
        let read = self.result.answer()?;
        Some(read.unwrap_or_else(|_| Err(format!("{}: an internal error", self.name()))))
    }
}

/// Files that wait to be read one after the other, each for something. What cannot be begun with stays where it is.
pub(in crate::view) struct Waiting<T> {
    files: VecDeque<(T, PathBuf)>,
    failed: Option<Instant>,
    begin: Begin,
}

impl<T> Default for Waiting<T> {
    fn default() -> Self {
        Self { files: VecDeque::new(), failed: None, begin: Reading::begin }
    }
}

impl<T: Copy> Waiting<T> {
    /// Adds some to the end. Whoever gives more wants it to be tried again.
    pub fn extend(&mut self, files: impl IntoIterator<Item = (T, PathBuf)>) {
        self.files.extend(files);
        self.failed = None;
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// None waits any more.
    pub fn clear(&mut self) {
        self.files.clear();
    }

    /// "3 pictures wait" where the first of them could not be begun with.
    pub fn words(&self) -> Option<String> {
        match (self.failed, self.len()) {
            (None, _) | (_, 0) => None,
            (Some(_), 1) => Some("1 picture waits".to_owned()),
            (Some(_), more) => Some(format!("{more} pictures wait")),
        }
    }

    /// Begins with the first; `None` where none waits, or it is too early to try again.
    ///
    /// # Errors
    /// With a sentence when the system gives no thread: all of them still wait.
    pub fn begin(
        &mut self,
        task: &'static dyn Task,
        config: RunConfig,
        wake: &Wake,
    ) -> Option<Result<(T, Reading), String>> {
        if self.failed.is_some_and(|failed| failed.elapsed() < AGAIN) {
            return None;
        }
        let (what, path) = self.files.front().map(|(what, path)| (*what, path.clone()))?;
        match (self.begin)(task, config, path, wake) {
            Ok(reading) => {
                self.failed = None;
                self.files.pop_front();
                Some(Ok((what, reading)))
            }
            Err(problem) => {
                self.failed = Some(Instant::now());
                let wait = self.words().unwrap_or_default();
                let are = if self.len() == 1 { "is" } else { "are" };
                Some(Err(format!("Not read yet: {problem}; {wait} and {are} tried again.")))
            }
        }
    }
}

/// The last part of a path, on one line.
pub(in crate::view) fn file_name(path: &Path) -> String {
    one_line(&path.file_name().unwrap_or(path.as_os_str()).to_string_lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks;
    use std::sync::Arc;

    fn refused(_: &'static dyn Task, _: RunConfig, _: PathBuf, _: &Wake) -> Result<Reading, String> {
        Err("the system gives no thread (too many)".into())
    }

    #[test]
    fn pictures_that_no_thread_reads_wait_are_told_and_are_read_later() {
        let task = tasks::find("images").expect("it is in the registry");
        let wake: Wake = Arc::new(|| {});
        let mut waiting = Waiting { begin: refused, ..Waiting::default() };
        waiting.extend([(3, PathBuf::from("no-such-tree.png")), (4, "no-such-house.png".into())]);
        let problem = waiting.begin(task, RunConfig::new(task), &wake).expect("one waits").err().expect("refused");
        assert_eq!(
            problem,
            "Not read yet: the system gives no thread (too many); 2 pictures wait and are tried again."
        );
        assert_eq!((waiting.len(), waiting.words().as_deref()), (2, Some("2 pictures wait")));
        // Not in every frame.
        assert!(waiting.begin(task, RunConfig::new(task), &wake).is_none());
        waiting.begin = Reading::begin;
        waiting.failed = waiting.failed.and_then(|failed| failed.checked_sub(AGAIN));
        for (expected, name) in [(3, "no-such-tree.png"), (4, "no-such-house.png")] {
            let (place, reading) = waiting.begin(task, RunConfig::new(task), &wake).expect("one waits").expect("begun");
            assert_eq!((place, reading.name().as_str(), waiting.words()), (expected, name, None));
        }
        assert!(waiting.is_empty());
    }
}
