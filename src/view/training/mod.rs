//! The training run of this window.
//!
//! | file | subject |
//! |---|---|
//! | here | the run: how it is started, what the worker has told |
//! | `asked` | what is asked for with the next one |

mod asked;

use super::background::{Errand, Wake};
use super::devices::{Devices, settled};
use super::notice::Notice;
use super::resuming::{self, Resuming};
use super::session::failures::{Attempt, Failures};
use super::session::record::RunRecord;
use super::typed::Typed;
use crate::device::{self, Choice, Compute};
use crate::tasks;
use crate::tasks::settings::Settings;
use crate::train::worker::Options;
use crate::train::{Command, Event, Point, RunConfig, RunFolder, Snapshot, Trainer, Validation, Worker};
use anyhow::Context as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Where the window's runs go, unless told otherwise.
const RUNS: &str = "runs";

/// Iterations that averages look back over.
const WINDOW: usize = 20;

/// What a run in the window is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// There is none.
    Idle,
    /// It is being made ready.
    Starting,
    /// Iterations are being done.
    Running,
    /// It waits.
    Paused,
    /// It has ended; saved, if it has a folder.
    Finished,
    /// It has been stopped; saved, if it has a folder.
    Stopped,
    /// It broke.
    Failed(String),
}

/// A worker that has been started.
pub(super) struct Started {
    pub worker: Worker,
    /// What is worth knowing about how it was started.
    pub notices: Vec<Notice>,
    pub folder: Option<PathBuf>,
    /// The device that it computes on.
    pub device: String,
    /// The run, settled.
    pub config: RunConfig,
    /// What it has come to before, and the seconds that it took.
    pub record: RunRecord,
    pub seconds: f64,
}

/// The training run of this window.
pub struct Training {
    /// The seed of the next run, as typed.
    pub seed_text: String,
    /// The iterations of the next run, as typed.
    pub iterations_text: String,
    /// The settings of the next run.
    pub settings: Settings,
    /// What has been typed into their fields and refused.
    pub typed: Typed,
    /// The largest number of iterations per second; `None` is as fast as it goes.
    pub pace: Option<f64>,
    /// The device of the next run.
    pub devices: Devices,
    /// The folder in which each run makes its own.
    pub runs_folder: PathBuf,
    /// The saved run that goes on at the next start; `None` for a new network.
    pub resuming: Option<Resuming>,
    /// The saved run that is being taken up, in case it cannot be.
    tried: Option<Resuming>,
    task: &'static dyn tasks::Task,
    /// Whether somebody has chosen the task.
    is_chosen: bool,
    phase: Phase,
    config: Option<RunConfig>,
    worker: Option<Worker>,
    starting: Option<Errand<anyhow::Result<Started>>>,
    failures: Failures,
    record: RunRecord,
    step_seconds: Vec<f32>,
    seconds: f64,
    folder: Option<PathBuf>,
    device: Option<String>,
    saved: Option<(u64, Instant)>,
    wake: Wake,
}

impl Training {
    /// No run yet.
    pub fn new(wake: Wake) -> Self {
        let task = tasks::TASKS[0];
        Self {
            seed_text: "0".into(),
            iterations_text: task.usual_iterations().to_string(),
            settings: task.defaults(),
            typed: Typed::default(),
            pace: None,
            devices: Devices::new(Arc::clone(&wake)),
            runs_folder: RUNS.into(),
            resuming: None,
            tried: None,
            task,
            is_chosen: false,
            phase: Phase::Idle,
            config: None,
            worker: None,
            starting: None,
            failures: Failures::default(),
            record: RunRecord::default(),
            step_seconds: Vec::new(),
            seconds: 0.0,
            folder: None,
            device: None,
            saved: None,
            wake,
        }
    }

    /// What it is doing.
    pub fn phase(&self) -> &Phase {
        &self.phase
    }

    /// Whether a run has been started in this window.
    pub fn has_run(&self) -> bool {
        self.config.is_some()
    }

    /// Whether a worker is there.
    pub fn is_active(&self) -> bool {
        matches!(self.phase, Phase::Starting | Phase::Running | Phase::Paused)
    }

    /// Whether iterations are being done, or about to be.
    pub fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Starting | Phase::Running)
    }

    /// The numbers so far.
    pub fn curve(&self) -> &[Point] {
        &self.record.points
    }

    /// What the network of the run came to after each epoch; none where there are no epochs.
    pub fn validations(&self) -> &[Validation] {
        &self.record.validations
    }

    /// Seconds that each iteration of [`Self::curve`] took, pauses left out. Iterations that were told of together
    /// share their time evenly.
    pub fn step_seconds(&self) -> &[f32] {
        &self.step_seconds
    }

    /// Iterations that lie behind.
    pub fn iteration(&self) -> u64 {
        self.record.points.len() as u64
    }

    /// The run's description.
    pub fn config(&self) -> Option<&RunConfig> {
        self.config.as_ref()
    }

    /// Iterations per second, pauses left out.
    pub fn rate(&self) -> Option<f64> {
        (self.seconds > 0.0 && !self.record.points.is_empty()).then(|| self.record.points.len() as f64 / self.seconds)
    }

    /// Whether closing the window now would lose the run: it has no folder.
    pub fn is_unsaved(&self) -> bool {
        self.folder.is_none() && !self.record.points.is_empty()
    }

    /// Where it is saved.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The device that the run computes on, once it is known.
    pub fn device(&self) -> Option<&str> {
        self.device.as_deref()
    }

    /// The iteration that was saved last, and when.
    pub fn saved(&self) -> Option<(u64, Instant)> {
        self.saved
    }

    /// The mean over the last iterations of one number.
    pub fn recent(&self, value: fn(&Point) -> f32) -> Option<f64> {
        let recent = &self.record.points[self.record.points.len().saturating_sub(WINDOW)..];
        (!recent.is_empty())
            .then(|| recent.iter().map(|point| f64::from(value(point))).sum::<f64>() / recent.len() as f64)
    }

    /// "current run, training seed 3".
    pub fn title(&self) -> String {
        self.config.as_ref().map_or_else(String::new, |config| format!("current run, training seed {}", config.seed))
    }

    /// Starts a run with the settings and the seed as they stand, or goes on with a saved one. A field that is refused
    /// changes nothing.
    pub fn start(&mut self) {
        let (Ok(seed), Ok(iterations), true) = (self.seed(), self.iterations(), self.is_ready()) else { return };
        let mut config = RunConfig::new(self.task);
        (config.settings, config.seed, config.iterations) = (self.settings.clone(), seed, iterations);
        let orders = self.resuming.as_ref().and_then(|resuming| resuming.orders(&self.settings).ok());
        self.tried = self.resuming.take();
        self.config = Some(config.clone());
        self.record = RunRecord::default();
        self.step_seconds.clear();
        (self.seconds, self.folder, self.saved, self.worker) = (0.0, None, None, None);
        self.device = None;
        self.phase = Phase::Starting;
        let runs_folder = self.runs_folder.clone();
        let choice = self.devices.choice;
        let wake_worker = Arc::clone(&self.wake);
        // A worker that nobody wants any more ends when it is dropped.
        let starting = Errand::start("hebbscope-starting", &self.wake, move |_| match orders {
            Some(orders) => resuming::launch(&orders, choice, wake_worker),
            None => launch(&config, choice, &runs_folder, wake_worker),
        });
        match starting {
            Ok(starting) => self.starting = Some(starting),
            Err(problem) => self.phase = Phase::Failed(problem.to_string()),
        }
    }

    /// Pauses, goes on, does one iteration, saves or stops.
    pub fn tell(&mut self, command: Command) {
        let Some(worker) = &self.worker else { return };
        if !worker.tell(command) {
            return;
        }
        if matches!(command, Command::Resume | Command::OneIteration) {
            self.phase = Phase::Running;
        }
    }

    /// Sets the largest number of iterations per second.
    pub fn set_pace(&mut self, pace: Option<f64>) {
        self.pace = pace;
        self.tell(Command::Pace(pace));
    }

    /// The newest state, if it has not been taken yet.
    pub fn take_snapshot(&mut self) -> Option<(Snapshot, RunConfig)> {
        let snapshot = self.worker.as_ref()?.take_latest()?;
        Some((snapshot, self.config.clone()?))
    }

    /// The newest state, if it has not been taken yet; it can still be taken.
    pub fn snapshot(&self) -> Option<(Snapshot, RunConfig)> {
        let snapshot = self.worker.as_ref()?.latest()?;
        Some((snapshot, self.config.clone()?))
    }

    /// Takes in what the worker has told.
    pub fn update(&mut self, notices: &mut Vec<Notice>) {
        self.receive_worker(notices);
        let Some(worker) = &self.worker else { return };
        let Some(events) = worker.events() else { return };
        // Asked before the channel is emptied: a thread that has ended by then has sent all it had to say.
        let had_ended = !worker.is_alive();
        let arrived: Vec<Event> = events.try_iter().collect();
        let ended_silently = had_ended && arrived.is_empty() && self.is_active();
        for event in arrived {
            match event {
                Event::Progress { points, seconds, .. } => {
                    let each = (seconds - self.seconds) / points.len().max(1) as f64;
                    self.step_seconds.extend(points.iter().map(|_| each as f32));
                    self.record.points.extend(points);
                    self.seconds = seconds;
                }
                Event::Paused { .. } => self.phase = Phase::Paused,
                Event::Saved { path, iteration } => {
                    self.folder = path.parent().map(Path::to_owned);
                    self.saved = Some((iteration, Instant::now()));
                    self.failures.clear(notices, Attempt::Saving);
                }
                Event::Validated { iteration, value, .. } => {
                    self.record.validations.push(Validation { iteration, value });
                }
                Event::Warning(text) => self.failures.tell(notices, Attempt::Saving, text),
                Event::Finished { stopped, .. } => {
                    self.phase = if stopped { Phase::Stopped } else { Phase::Finished };
                }
                Event::Failed { reason, kept, before, .. } => {
                    let before = before
                        .map_or_else(String::new, |path| format!(" The network just before it is {}.", path.display()));
                    let kept = kept.map_or_else(
                        || "No checkpoint of it is left.".to_owned(),
                        |path| format!("The last good checkpoint is {}.", path.display()),
                    );
                    notices.push(Notice { text: format!("{reason}. {kept}{before}"), is_error: true });
                    self.phase = Phase::Failed(reason);
                }
            }
        }
        if ended_silently {
            let reason = "the training thread ended without a word".to_owned();
            notices.push(Notice { text: format!("Training failed: {reason}."), is_error: true });
            self.phase = Phase::Failed(reason);
        }
    }

    fn receive_worker(&mut self, notices: &mut Vec<Notice>) {
        let Some(starting) = &self.starting else { return };
        let Some(started) = starting.answer() else { return };
        self.starting = None;
        match started.unwrap_or_else(|gone| Err(gone.into())) {
            Ok(started) => {
                self.failures.clear(notices, Attempt::Starting);
                notices.extend(started.notices);
                (self.worker, self.folder, self.phase) = (Some(started.worker), started.folder, Phase::Running);
                let each = started.seconds / started.record.points.len().max(1) as f64;
                self.step_seconds = vec![each as f32; started.record.points.len()];
                (self.config, self.record, self.seconds) = (Some(started.config), started.record, started.seconds);
                self.device = Some(started.device);
                if self.pace.is_some() {
                    self.set_pace(self.pace);
                }
            }
            Err(error) => {
                self.resuming = self.tried.take();
                let reason = format!("training could not be started: {error:#}");
                self.failures.tell(notices, Attempt::Starting, reason.clone());
                self.phase = Phase::Failed(reason);
            }
        }
    }
}

/// Opens the device, makes the network, the run folder and the thread. A run that cannot be saved is still worth
/// watching.
fn launch(config: &RunConfig, choice: Choice, runs_folder: &Path, wake: Wake) -> anyhow::Result<Started> {
    let (compute, reason): (Compute, Option<String>) = device::open(choice)?;
    let told = |text: String, is_error: bool| Notice { text, is_error };
    let mut notices = Vec::from_iter(reason.map(|reason| told(format!("Training on the CPU: {reason}."), false)));
    let name = format!("{}-seed-{}", config.task().name(), config.seed);
    // First, because a run that cannot begin leaves no folder.
    let mut trainer = Trainer::new(config.clone())?;
    if let Some(examples) = trainer.examples().filter(|_| trainer.has_other_examples()) {
        notices.push(told(format!("Training on {examples}."), false));
    }
    let compute = settled(choice, compute, &mut trainer, &mut notices);
    trainer.move_to(&compute)?;
    // The trainer's own configuration: it has settled where the examples come from.
    let config = trainer.config().clone();
    let path = RunFolder::free_name(runs_folder, &name);
    let folder = match RunFolder::create(&path, &config) {
        Ok(folder) => Some(folder),
        Err(error) => {
            notices.push(told(format!("This run is not being saved: {error}"), true));
            None
        }
    };
    let path = folder.as_ref().map(RunFolder::path);
    let worker = Worker::start(trainer, folder, notified(wake)).context("the system gives no thread")?;
    let (device, record) = (compute.title(), RunRecord::default());
    Ok(Started { worker, notices, folder: path, device, config, record, seconds: 0.0 })
}

/// A worker that wakes the window after every event.
pub(super) fn notified(wake: Wake) -> Options {
    Options { notify: Box::new(move || wake()), ..Options::default() }
}
