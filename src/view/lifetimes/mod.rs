//! Lifetimes side by side: those of many seeds, lived by one network on a thread of its own.
//!
//! What was lived stays until the same seed has been lived again: a network that has moved on since, or another
//! network, is told by [`Lives::is_of`]. All that stand side by side are of one [`Form`].
//!
//! | file | subject |
//! |---|---|
//! | here | the lifetimes of some seeds, and the thread that lives them |
//! | `shown` | what is kept of one, for each kind of task |

mod shown;

use super::background::{Background, Message, Reporter, Wake};
use super::scene::Scene;
use super::session::record::RunRecord;
use crate::episode::Tape;
use crate::plastic::Parameters;
use crate::tasks::Measure;
use crate::train::{RunConfig, Specimen};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

pub use shown::{Form, Recalling, Shown};

/// How many lifetimes are lived at first, and how many more at a time.
pub const AT_A_TIME: usize = 12;

static NEXT_IDENTITY: AtomicU64 = AtomicU64::new(0);

/// The network that lives lifetimes.
pub struct Lives {
    /// Where it comes from.
    pub origin: String,
    /// Its run's configuration.
    pub config: RunConfig,
    /// The network.
    pub parameters: Arc<Parameters>,
    /// Iterations that it has behind it.
    pub iteration: u64,
    /// What its run has come to.
    pub record: Arc<RunRecord>,
}

impl Lives {
    /// Whether it is the network that a scene shows.
    pub fn is_of(&self, scene: &Scene) -> bool {
        Arc::ptr_eq(&self.parameters, &scene.parameters)
    }
}

/// What is kept of one lifetime: the rest is lived again when somebody wants to see it.
pub struct GalleryLifetime {
    /// A number that no other lifetime of a shelf has.
    pub identity: u64,
    /// Its seed.
    pub seed: u64,
    /// What the network was shown, and what it answered.
    pub shown: Shown,
    /// The task's measure of it.
    pub measure: f32,
    /// The network that lived it.
    pub by: Arc<Lives>,
}

impl GalleryLifetime {
    fn of(tape: &Tape, seed: u64, by: Arc<Lives>) -> Option<Self> {
        let shown = Shown::of(tape)?;
        let identity = NEXT_IDENTITY.fetch_add(1, Ordering::Relaxed);
        Some(Self { identity, seed, shown, measure: tape.measure, by })
    }

    /// What [`Self::measure`] is.
    pub fn measures(&self) -> Measure {
        self.by.config.task().measure()
    }

    /// Whether both can be compared: of one task, and of one form.
    fn stands_beside(&self, other: &Self) -> bool {
        let [own, others] = [self, other].map(|lived| lived.by.config.task().name());
        own == others && self.shown.form() == other.shown.form()
    }

    /// How bad the answer is, to be compared with others beside it: larger is worse.
    pub fn badness(&self) -> f32 {
        self.shown.badness(self.measures(), self.measure)
    }

    /// Its measure as a row shows it: "0.87", or "1.20 %" wrong.
    pub fn measure_text(&self) -> String {
        shown::measure_text(self.measures(), self.measure)
    }

    /// What it came to: "correlation 0.87", "right: class 3, 96.4 %".
    pub fn words(&self) -> String {
        self.shown.words(self.measures(), self.measure)
    }
}

/// One lifetime more, and what its examples were.
type More = (Box<GalleryLifetime>, Option<String>);

/// That all have been lived, or why not.
type End = Result<(), String>;

/// Lifetimes in the making.
struct Job {
    work: Background<More, End>,
    done: usize,
    wanted: usize,
}

/// The lifetimes of some seeds, as far as they have been lived.
#[derive(Default)]
pub struct Shelf {
    /// In the order of their seeds.
    lived: Vec<Arc<GalleryLifetime>>,
    examples: Option<String>,
    problem: Option<String>,
    was_begun: bool,
    job: Option<Job>,
}

impl Shelf {
    /// The lifetimes there are, in the order of their seeds.
    pub fn lived(&self) -> &[Arc<GalleryLifetime>] {
        &self.lived
    }

    /// What the examples were, in a few words; `None` where there is nothing to tell, or nothing has been lived yet.
    pub fn examples(&self) -> Option<&str> {
        self.examples.as_deref()
    }

    /// Why the last lifetimes could not be lived.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }

    /// Whether anybody has asked for lifetimes yet.
    pub fn was_begun(&self) -> bool {
        self.was_begun
    }

    /// How many lifetimes of how many have been lived, while some are still to come.
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.job.as_ref().map(|job| (job.done, job.wanted))
    }

    /// Whether what was lived is of another task than the lifetime in view: nothing of it can stand beside that.
    pub fn is_of_another_task(&self, scene: &Scene) -> bool {
        self.lived.last().is_some_and(|lived| lived.by.config.task().name() != scene.task.name())
    }

    /// The seeds of the first time.
    pub fn first_seeds() -> Vec<u64> {
        (0..).take(AT_A_TIME).collect()
    }

    /// The seeds that have not been lived, as many as are lived at a time.
    pub fn more_seeds(&self) -> Vec<u64> {
        let after = self.lived.last().map_or(0, |lived| lived.seed + 1);
        (after..).take(AT_A_TIME).collect()
    }

    /// The seeds to live again; those of the first time when there are none.
    pub fn same_seeds(&self) -> Vec<u64> {
        if self.lived.is_empty() { self.more_seeds() } else { self.lived.iter().map(|lived| lived.seed).collect() }
    }

    /// Lives the lifetimes of `seeds`, instead of those that were in the making. `wake` is called at each.
    pub(super) fn live(&mut self, lives: Lives, seeds: Vec<u64>, wake: &Wake) {
        (self.was_begun, self.problem) = (true, None);
        let wanted = seeds.len();
        let work = Background::start("hebbscope-gallery", wake, move |reporter| {
            live(lives, &seeds, reporter).map_err(|error| format!("{error:#}"))
        });
        match work {
            Ok(work) => self.job = Some(Job { work, done: 0, wanted }),
            Err(problem) => self.problem = Some(problem.to_string()),
        }
    }

    /// Stops living; what has been lived stays.
    pub fn cancel(&mut self) {
        self.job = None;
    }

    /// Takes in what has been lived since the last call.
    pub(super) fn update(&mut self) {
        while let Some(message) = self.job.as_ref().and_then(|job| job.work.poll()) {
            self.receive(message);
        }
    }

    /// Waits for what is in the making; for pictures and tests, never for a frame.
    pub fn settle(&mut self) {
        while let Some(message) = self.job.as_ref().map(|job| job.work.wait()) {
            self.receive(message);
        }
    }

    fn receive(&mut self, message: Message<More, End>) {
        match message {
            Message::Partial((lived, examples)) => {
                self.examples = examples;
                // All rows are laid out alike: others make way.
                self.lived.retain(|other| other.stands_beside(&lived));
                match self.lived.binary_search_by_key(&lived.seed, |lived| lived.seed) {
                    Ok(place) => self.lived[place] = Arc::new(*lived),
                    Err(place) => self.lived.insert(place, Arc::new(*lived)),
                }
                if let Some(job) = &mut self.job {
                    job.done += 1;
                }
            }
            Message::Done(result) => (self.job, self.problem) = (None, result.err()),
            Message::Vanished => (self.job, self.problem) = (None, Some(BROKEN.to_owned())),
        }
    }
}

/// The same lifetimes, without those in the making.
impl Clone for Shelf {
    fn clone(&self) -> Self {
        let (lived, examples, problem) = (self.lived.clone(), self.examples.clone(), self.problem.clone());
        Self { lived, examples, problem, was_begun: self.was_begun, job: None }
    }
}

/// What is said of a thread that has vanished.
const BROKEN: &str = "running them stopped by an internal error";

fn live(lives: Lives, seeds: &[u64], reporter: &Reporter<More, End>) -> anyhow::Result<()> {
    let by = Arc::new(lives);
    let mut has_no_pictures = false;
    let specimen = Specimen { config: &by.config, parameters: &by.parameters, iteration: by.iteration };
    specimen.episodes(seeds, |tape, examples| {
        let Some(lived) = tape.origin.seed.and_then(|seed| GalleryLifetime::of(&tape, seed, Arc::clone(&by))) else {
            has_no_pictures = true;
            return false;
        };
        reporter.report((Box::new(lived), examples.map(str::to_owned)))
    })?;
    anyhow::ensure!(!has_no_pictures, "the episodes of this task have no pictures that could stand side by side");
    Ok(())
}
