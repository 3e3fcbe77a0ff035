//! The training thread. It has never heard of a window.
//!
//! Two paths lead out of it. *Events* go over a bounded channel and none is lost: numbers that do not
//! fit yet wait in the worker's own batch, news wait in a queue. *Bulk state* goes through a slot that
//! keeps only the latest. Dropping the [`Worker`] stops the thread, which saves first.

use super::ages;
use super::run_folder::{RunFolder, checkpoint_path};
use super::trainer::{Gradients, Point, TrainError, Trainer};
use crate::episode::Tape;
use crate::plastic::Parameters;
use std::any::Any;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

mod outbox;

use outbox::{Gone, Outbox};

/// Events that wait in the channel before the worker begins to gather them.
const CHANNEL_LENGTH: usize = 64;

/// Commands that wait while an iteration takes its time: somebody may drag the pace through many values meanwhile.
const MOST_COMMANDS: usize = 1024;

/// Bulk state is offered at most this often.
const SNAPSHOT_EVERY: Duration = Duration::from_millis(100);

/// The slowest pace, in iterations per second.
const SLOWEST_PACE: f64 = 0.01;

/// What the worker can be told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Command {
    /// Stop after the iteration in hand, and save.
    Pause,
    /// Go on.
    Resume,
    /// One iteration, then pause.
    OneIteration,
    /// Save now.
    Save,
    /// At most this many iterations per second, once in a hundred seconds if that is less; `None` is as
    /// fast as it goes.
    Pace(Option<f64>),
    /// Save and end.
    Stop,
}

/// What the worker tells.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Iterations that have been done, in order; `first` counts from one.
    Progress {
        /// The number of the first of `points`.
        first: u64,
        /// Their numbers.
        points: Vec<Point>,
        /// Seconds of training that lie behind, pauses left out.
        seconds: f64,
    },
    /// Training stands still until told otherwise.
    Paused {
        /// Iterations that lie behind.
        iteration: u64,
    },
    /// The run is on the disk.
    Saved {
        /// Where.
        path: PathBuf,
        /// Iterations that lie behind.
        iteration: u64,
    },
    /// An epoch has ended, and the network was validated.
    Validated {
        /// How many epochs lie behind.
        epoch: u64,
        /// Iterations that lie behind.
        iteration: u64,
        /// The task's measure.
        value: f32,
        /// Whether no epoch before it was better: the run folder then keeps the network.
        is_best: bool,
    },
    /// Something went wrong that does not stop training.
    Warning(String),
    /// The run is over and saved.
    Finished {
        /// Iterations that lie behind.
        iteration: u64,
        /// Whether it was stopped before its planned end.
        stopped: bool,
    },
    /// The run is over because something broke.
    Failed {
        /// What broke, in one sentence.
        reason: String,
        /// Iterations that lie behind.
        iteration: u64,
        /// The last good checkpoint.
        kept: Option<PathBuf>,
        /// The network as it was just before, where a number became NaN or infinite and it is not spoiled itself.
        before: Option<PathBuf>,
    },
}

/// The network as it was a moment ago.
#[derive(Clone)]
pub struct Snapshot {
    /// Iterations that lay behind.
    pub iteration: u64,
    /// The network after them.
    pub parameters: Parameters,
    /// The last lifetime lived in training.
    pub tape: Arc<Tape>,
    /// The gradients that the last iteration changed the network by: those at the network before it.
    pub gradients: Option<Arc<Gradients>>,
}

/// How the worker behaves.
pub struct Options {
    /// Time between autosaves.
    pub autosave: Duration,
    /// Whether somebody looks at snapshots; copying them is not free.
    pub snapshots: bool,
    /// How many snapshots of the network its folder keeps, see [`ages`].
    pub ages: usize,
    /// So many threads compute, instead of all that the program has.
    pub threads: Option<usize>,
    /// Called after every event and snapshot, for those who sleep between frames.
    pub notify: Box<dyn Fn() + Send>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            autosave: Duration::from_secs(20),
            snapshots: true,
            ages: ages::USUAL,
            threads: None,
            notify: Box::new(|| {}),
        }
    }
}

/// The handle of a training thread.
pub struct Worker {
    commands: Option<SyncSender<Command>>,
    events: Option<Receiver<Event>>,
    latest: Arc<Mutex<Option<Snapshot>>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts training on a thread of its own. Without a `folder` nothing is written.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(mut trainer: Trainer, folder: Option<RunFolder>, options: Options) -> std::io::Result<Self> {
        if options.snapshots {
            trainer.keep_gradients();
        }
        let (commands, orders) = sync_channel(MOST_COMMANDS);
        let (events, receiver) = sync_channel(CHANNEL_LENGTH);
        let latest = Arc::new(Mutex::new(None));
        let pool = options.threads.map(|threads| {
            let named = |index| format!("hebbscope-run-{index}");
            rayon::ThreadPoolBuilder::new().num_threads(threads).thread_name(named).build()
        });
        let pool = pool.transpose().map_err(std::io::Error::other)?;
        let warning = folder.as_ref().and_then(RunFolder::warning).map(|text| Event::Warning(text.to_owned()));
        let outbox = Outbox {
            kept: folder.as_ref().map(|folder| checkpoint_path(&folder.path())).filter(|path| path.exists()),
            ages: Vec::new(),
            said: BTreeSet::new(),
            training_seconds: folder.as_ref().map_or(0.0, RunFolder::seconds_before),
            folder,
            events,
            waiting: warning.into_iter().collect(),
            fresh: Vec::new(),
            latest: Arc::clone(&latest),
            offered: None,
            saved: Instant::now(),
            options,
        };
        let thread = std::thread::Builder::new().name("hebbscope-training".into()).spawn(move || {
            let run = Run { trainer, outbox, orders, pace: None };
            match pool {
                Some(pool) => pool.install(|| run.run()),
                None => run.run(),
            }
        })?;
        Ok(Self { commands: Some(commands), events: Some(receiver), latest, thread: Some(thread) })
    }

    /// Tells the worker something, without waiting; answers whether it will hear it.
    pub fn tell(&self, command: Command) -> bool {
        self.commands.as_ref().is_some_and(|commands| commands.try_send(command).is_ok())
    }

    /// The events; `None` after [`Self::disconnect`].
    pub fn events(&self) -> Option<&Receiver<Event>> {
        self.events.as_ref()
    }

    /// Takes the latest state, if there is one that has not been taken.
    pub fn take_latest(&self) -> Option<Snapshot> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// The latest state, which can still be taken; `None` where it has been taken.
    pub fn latest(&self) -> Option<Snapshot> {
        self.latest.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the thread is still there.
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Drops the receiver, which stops the worker, and waits until it has saved.
    pub fn disconnect(&mut self) {
        self.events = None;
        // A worker that stands still has nothing to send, and learns of the end by listening.
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A panic in the run has been reported as an event already.
            let _ended = thread.join();
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.disconnect();
    }
}

/// How a stretch of training ended.
enum End {
    Complete,
    Stopped,
    Gone,
    Broken {
        reason: String,
        /// Whether the trainer is as it was before the iteration that broke.
        is_sound: bool,
    },
}

impl From<Gone> for End {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

struct Run {
    trainer: Trainer,
    outbox: Outbox,
    orders: Receiver<Command>,
    pace: Option<f64>,
}

impl Run {
    fn run(mut self) {
        let end = match catch_unwind(AssertUnwindSafe(|| self.train())) {
            Ok(Ok(())) => End::Complete,
            Ok(Err(end)) => end,
            Err(panic) => End::Broken { reason: panic_sentence(&*panic), is_sound: false },
        };
        let iteration = self.trainer.iteration();
        let last = match end {
            End::Broken { reason, is_sound } => {
                // The network may be on its way to ruin: the last checkpoint stays as it is.
                let before = self.outbox.keep_failed(&self.trainer, is_sound);
                Event::Failed { reason, iteration, kept: self.outbox.kept(), before }
            }
            End::Complete | End::Stopped | End::Gone => {
                self.outbox.offer(&self.trainer, true);
                match self.outbox.keep(&self.trainer) {
                    Ok(saved) => {
                        // Whether anybody still listens is seen when the last event is sent.
                        let _listened = saved.map(|event| self.outbox.report(iteration, event));
                        Event::Finished { iteration, stopped: !matches!(end, End::Complete) }
                    }
                    Err(error) => {
                        let reason = format!("the end of the run was not saved: {error}");
                        Event::Failed { reason, iteration, kept: self.outbox.kept(), before: None }
                    }
                }
            }
        };
        let _listened = self.outbox.report(iteration, last);
        self.outbox.send_all();
    }

    fn train(&mut self) -> Result<(), End> {
        // From the first moment on there is something to keep.
        self.outbox.save(&self.trainer)?;
        let count = ages::affordable(self.outbox.options.ages, self.trainer.parameters().count());
        let ages = ages::ages(count, self.trainer.config().iterations);
        self.outbox.keep_age(&self.trainer, &ages);
        let mut paused = false;
        let mut single = false;
        let mut last_began = Instant::now();
        while self.trainer.iteration() < self.trainer.config().iterations {
            loop {
                let wait = match (paused, self.pace) {
                    (true, _) => Duration::from_millis(50),
                    (false, Some(pace)) => Duration::from_secs_f64(1.0 / pace).saturating_sub(last_began.elapsed()),
                    (false, None) => Duration::ZERO,
                };
                match self.orders.recv_timeout(wait) {
                    Ok(Command::Pause) => {
                        if !paused {
                            self.pause()?;
                        }
                        paused = true;
                    }
                    Ok(Command::Resume) => (paused, single) = (false, false),
                    Ok(Command::OneIteration) => (paused, single) = (false, true),
                    Ok(Command::Save) => self.outbox.save(&self.trainer)?,
                    Ok(Command::Pace(pace)) => self.pace = pace.map(|pace| pace.max(SLOWEST_PACE)),
                    Ok(Command::Stop) => return Err(End::Stopped),
                    Err(RecvTimeoutError::Disconnected) => return Err(End::Gone),
                    Err(RecvTimeoutError::Timeout) if paused => self.outbox.flush(self.trainer.iteration())?,
                    Err(RecvTimeoutError::Timeout) => break,
                }
                if single && !paused {
                    break;
                }
            }
            let started = Instant::now();
            last_began = started;
            let point = self
                .trainer
                .step()
                .map_err(|error: TrainError| End::Broken { reason: error.to_string(), is_sound: true })?;
            self.outbox.training_seconds += started.elapsed().as_secs_f64();
            self.outbox.ages.push(in_microseconds(self.outbox.training_seconds));
            self.outbox.fresh.push(point);
            self.outbox.flush(self.trainer.iteration())?;
            self.outbox.offer(&self.trainer, single);
            self.validate()?;
            self.outbox.keep_age(&self.trainer, &ages);
            if self.outbox.saved.elapsed() >= self.outbox.options.autosave {
                self.outbox.save(&self.trainer)?;
            }
            if single {
                self.pause()?;
                (paused, single) = (true, false);
            }
        }
        Ok(())
    }

    /// Where an epoch has ended.
    fn validate(&mut self) -> Result<(), End> {
        let broken = |error: TrainError| End::Broken { reason: error.to_string(), is_sound: true };
        let Some(validation) = self.trainer.validate().map_err(broken)? else { return Ok(()) };
        let is_best = self.trainer.is_best();
        if is_best {
            self.outbox.keep_best(&self.trainer);
        }
        let (iteration, epoch) = (validation.iteration, self.trainer.validations().len() as u64);
        Ok(self.outbox.report(iteration, Event::Validated { epoch, iteration, value: validation.value, is_best })?)
    }

    fn pause(&mut self) -> Result<(), Gone> {
        self.outbox.save(&self.trainer)?;
        self.outbox.offer(&self.trainer, true);
        let iteration = self.trainer.iteration();
        self.outbox.report(iteration, Event::Paused { iteration })
    }
}

/// Seconds of which nothing is left below a microsecond: no clock tells more, and files have fewer digits to write.
fn in_microseconds(seconds: f64) -> f64 {
    (seconds * 1e6).round() / 1e6
}

/// What a panic said, as a sentence.
fn panic_sentence(panic: &(dyn Any + Send)) -> String {
    let words = panic
        .downcast_ref::<&str>()
        .map(|words| (*words).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "no reason given".to_owned());
    format!("training stopped by an internal error: {words}")
}
