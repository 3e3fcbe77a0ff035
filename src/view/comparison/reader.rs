//! Reading run folders on a thread of its own, once at first and again whenever they have grown.

use crate::files::FileError;
use crate::train::History;
use crate::train::run_folder::{is_run, metrics_path, runs_below};
use crate::view::background::{Background, Message, NoThread, Reporter, Wake};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Time between two looks at runs that may have grown.
const EVERY: Duration = Duration::from_secs(5);

/// What the thread has read.
pub enum Report {
    /// A run, for the first time.
    Read(History),
    /// A run that has been read before and has more iterations now.
    Grown(History),
    /// What cannot be read, and why.
    Unreadable(String),
}

/// What the thread says: how many runs there are to read, then one report for each of them, then what has grown.
enum Word {
    Found(usize),
    Report(Box<Report>),
}

/// A thread that reads runs; dropping it ends that.
pub struct Reader {
    words: Background<Word, ()>,
    /// Reports of a first reading that are still to come; `None` until the folders have been looked through.
    unread: Option<usize>,
    /// What has been received while somebody waited.
    waiting: Vec<Report>,
}

impl Reader {
    /// Reads run folders, and all run folders in folders that hold some.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(paths: Vec<PathBuf>, wake: &Wake) -> Result<Self, NoThread> {
        let words = Background::start("hebbscope-comparing", wake, move |reporter| {
            // A window that no longer wants the runs hangs up.
            let _hung_up = read_all(&paths, reporter);
        })?;
        Ok(Self { words, unread: None, waiting: Vec::new() })
    }

    /// How many runs are still to be read for the first time; one while that is not known yet.
    pub fn unread(&self) -> usize {
        self.unread.unwrap_or(1)
    }

    /// What has been read since the last call.
    pub fn reports(&mut self) -> Vec<Report> {
        while let Some(message) = self.words.poll() {
            if !self.take(message) {
                break;
            }
        }
        std::mem::take(&mut self.waiting)
    }

    /// Waits until every run has been read once.
    pub fn settle(&mut self) {
        while self.unread() > 0 && self.take(self.words.wait()) {}
    }

    /// Whether more can come.
    fn take(&mut self, message: Message<Word, ()>) -> bool {
        let Message::Partial(word) = message else {
            self.unread = Some(0);
            return false;
        };
        match word {
            Word::Found(count) => self.unread = Some(count),
            Word::Report(report) => {
                if !matches!(*report, Report::Grown(_)) {
                    self.unread = Some(self.unread().saturating_sub(1));
                }
                self.waiting.push(*report);
            }
        }
        true
    }
}

/// The run folders that `path` stands for: itself, or those directly in it.
///
/// # Errors
/// When it is neither a run folder nor holds any.
pub fn runs_in(path: &Path) -> Result<Vec<PathBuf>, FileError> {
    if is_run(path) {
        return Ok(vec![path.to_owned()]);
    }
    let runs = runs_below(path);
    if !runs.is_empty() {
        return Ok(runs);
    }
    let found = match (path.is_dir(), path.exists()) {
        (true, _) => "a folder without runs",
        (false, true) => "a file",
        (false, false) => "nothing there",
    };
    Err(FileError::new(path, format!("expected a run folder or a folder of run folders, found {found}")))
}

/// Length and time of change of the metrics.
type Fingerprint = (u64, Option<SystemTime>);

fn fingerprint(folder: &Path) -> Option<Fingerprint> {
    let facts = std::fs::metadata(metrics_path(folder)).ok()?;
    Some((facts.len(), facts.modified().ok()))
}

/// The other side has hung up.
struct HungUp;

fn read_all(paths: &[PathBuf], reporter: &Reporter<Word, ()>) -> Result<(), HungUp> {
    let say = |word: Word| if reporter.report(word) { Ok(()) } else { Err(HungUp) };
    let (mut folders, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        match runs_in(path) {
            Ok(found) => folders.extend(found),
            Err(error) => problems.push(error.to_string()),
        }
    }
    say(Word::Found(folders.len() + problems.len()))?;
    for problem in problems {
        say(Word::Report(Report::Unreadable(problem).into()))?;
    }
    let mut seen: Vec<(PathBuf, Option<Fingerprint>)> = Vec::new();
    for folder in folders {
        let now = fingerprint(&folder);
        match History::read(&folder) {
            Ok(run) => {
                say(Word::Report(Report::Read(run).into()))?;
                seen.push((folder, now));
            }
            Err(error) => say(Word::Report(Report::Unreadable(error.to_string()).into()))?,
        }
    }
    while !seen.is_empty() && reporter.rest(EVERY) {
        for (folder, then) in &mut seen {
            let now = fingerprint(folder);
            if now == *then {
                continue;
            }
            // What cannot be read for a moment is looked at again, and keeps what it had until then.
            if let Ok(run) = History::read(folder) {
                *then = now;
                say(Word::Report(Report::Grown(run).into()))?;
            }
        }
    }
    Ok(())
}
