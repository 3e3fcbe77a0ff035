//! Several runs, as many at once as there are cores. Each has one thread and a folder of its own; it is the run that its
//! command makes alone, bit for bit.

use super::seeds::{Planned, Several};
use super::take_up::{TakenUp, take_up};
use super::{Stopped, WINDOW};
use crate::cli::output::{complain, say};
use crate::cli::usage::{self, WrongUsage};
use crate::device::Compute;
use crate::tasks::Measure;
use crate::train::measured::NO_KERNELS;
use crate::train::run_folder::checkpoint_path;
use crate::train::{Command, Event, Point, RunFolder, Trainer, Worker, worker};
use anyhow::{Context as _, bail};
use std::collections::VecDeque;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::TryRecvError;
use std::time::{Duration, Instant};

/// How often the runs are asked for news.
const EVERY: Duration = Duration::from_millis(100);

/// How often they are printed.
const PRINT_EVERY: Duration = Duration::from_secs(5);

/// How runs are to be trained.
pub struct Orders {
    /// A new length for all of them.
    pub steps: Option<u64>,
    /// What is set anew in all of them.
    pub changes: Vec<(String, String)>,
    /// Time between autosaves.
    pub autosave: Duration,
    /// Snapshots of its network that each run keeps.
    pub ages: usize,
    /// So many at once.
    pub slots: usize,
}

/// Trains all runs to their ends.
///
/// # Errors
/// When a run cannot go on; the others are trained all the same. [`Stopped`] where somebody has stopped them before.
pub fn train(several: Several, orders: &Orders, compute: &Compute, stop: &AtomicBool) -> anyhow::Result<()> {
    let Several { runs, mut problems, .. } = several;
    let (mut waiting, mut active) = (VecDeque::from(runs), Vec::<Active>::new());
    let (mut is_stopping, mut printed) = (false, Instant::now());
    let mut is_cut_short = false;
    while !active.is_empty() || !(waiting.is_empty() || is_stopping) {
        while active.len() < orders.slots
            && !is_stopping
            && let Some(planned) = waiting.pop_front()
        {
            match start(planned, orders, compute) {
                Ok(Some(run)) => active.push(run),
                Ok(None) => {}
                Err(error) => problems.push(error),
            }
            // Where all that is left to say is that there is nothing left to do, somebody may stop it, too.
            is_stopping |= stop.load(Ordering::Relaxed);
        }
        if stop.swap(false, Ordering::Relaxed) {
            is_stopping = true;
            active.iter().for_each(|run| {
                run.worker.tell(Command::Stop);
            });
        }
        active.retain_mut(|run| match run.listen() {
            Ok(Heard::GoesOn) => true,
            Ok(Heard::Ended { stopped }) => {
                is_cut_short |= stopped;
                false
            }
            Err(error) => {
                problems.push(error);
                false
            }
        });
        if printed.elapsed() >= PRINT_EVERY && !active.is_empty() {
            printed = Instant::now();
            let parts: Vec<String> = active.iter().map(Active::line).collect();
            say(&format!("{}; {} waiting\n", parts.join("; "), waiting.len()));
        }
        if !active.is_empty() {
            std::thread::sleep(EVERY);
        }
    }
    if problems.is_empty() {
        return if is_cut_short || !waiting.is_empty() { Err(Stopped.into()) } else { Ok(()) };
    }
    let sentences = problems.iter().map(|error| format!("{error:#}")).collect::<Vec<_>>().join("; ");
    match problems.iter().all(usage::is_wrong) {
        true => Err(WrongUsage::new(sentences).into()),
        false => bail!("{sentences}"),
    }
}

/// Takes up a run, or begins it; `None` where nothing is left to do, which has been said.
fn start(planned: Planned, orders: &Orders, compute: &Compute) -> anyhow::Result<Option<Active>> {
    let Planned { folder: path, config } = planned;
    let taken_up = match config {
        Some(mut config) => {
            config.iterations = orders.steps.unwrap_or(config.iterations);
            // What one run cannot begin with is of that run: the others are trained all the same.
            take_up(&path, config).with_context(|| path.display().to_string())?
        }
        None => gone_on(&path, orders)?,
    };
    let TakenUp::Run(run) = taken_up else { return Ok(None) };
    let (mut trainer, folder) = *run;
    let (iteration, planned) = (trainer.iteration(), trainer.config().iterations);
    let measure = trainer.config().task().measure();
    if trainer.stays_on_the_cpu(compute) {
        complain(&format!("{}: {NO_KERNELS}", path.display()));
    }
    trainer.move_to(compute)?;
    let name = folder.path().file_name().unwrap_or_default().to_string_lossy().into_owned();
    let autosave = orders.autosave;
    let (threads, ages) = (Some(1), orders.ages);
    let options = worker::Options { autosave, snapshots: false, ages, threads, ..worker::Options::default() };
    let worker = Worker::start(trainer, Some(folder), options).context("the training thread could not be started")?;
    Ok(Some(Active { name, worker, recent: VecDeque::new(), iteration, planned, measure }))
}

/// The run that has begun in a folder.
fn gone_on(path: &Path, orders: &Orders) -> anyhow::Result<TakenUp> {
    let (folder, mut checkpoint) = RunFolder::resume(path)?;
    crate::cli::note(&checkpoint_path(&folder.path()), checkpoint.note.as_deref());
    let iteration = checkpoint.iteration();
    checkpoint.config.change(iteration, &orders.changes)?;
    let mut trainer = Trainer::from_checkpoint(checkpoint)?;
    if let Some(steps) = orders.steps {
        trainer.set_iterations(steps);
    }
    if iteration >= trainer.config().iterations {
        say(&format!("{}: nothing left to do\n", path.display()));
        return Ok(TakenUp::Done);
    }
    Ok(TakenUp::Run((trainer, folder).into()))
}

/// What has been heard of a run.
enum Heard {
    GoesOn,
    Ended { stopped: bool },
}

/// One run while it is trained.
struct Active {
    name: String,
    worker: Worker,
    recent: VecDeque<f32>,
    iteration: u64,
    planned: u64,
    measure: Measure,
}

impl Active {
    /// Takes in the news.
    fn listen(&mut self) -> anyhow::Result<Heard> {
        let Some(events) = self.worker.events() else { return Ok(Heard::Ended { stopped: false }) };
        loop {
            match events.try_recv() {
                Ok(Event::Progress { first, points, .. }) => {
                    self.iteration = first + points.len() as u64 - 1;
                    self.recent.extend(points.iter().map(|point: &Point| point.measure));
                    let excess = self.recent.len().saturating_sub(WINDOW);
                    self.recent.drain(..excess);
                }
                Ok(Event::Warning(warning)) => say(&format!("{}: warning: {warning}\n", self.name)),
                Ok(Event::Validated { epoch, value, is_best, .. }) => {
                    say(&format!("{}: {}\n", self.name, super::validated(self.measure, epoch, value, is_best)));
                }
                Ok(Event::Saved { .. } | Event::Paused { .. }) => {}
                Ok(Event::Finished { iteration, stopped }) => {
                    let word = if stopped { "stopped" } else { "done" };
                    say(&format!("{}: {word} at iteration {iteration}\n", self.name));
                    return Ok(Heard::Ended { stopped });
                }
                Ok(Event::Failed { reason, kept, before, .. }) => {
                    bail!("{}: {}", self.name, super::failure(&reason, kept.as_deref(), before.as_deref()))
                }
                Err(TryRecvError::Empty) => return Ok(Heard::GoesOn),
                Err(TryRecvError::Disconnected) => {
                    bail!("{}: the training thread ended without a word", self.name)
                }
            }
        }
    }

    /// "seed-3 iteration 120/1000, reward 12.3400"; without its measure as long as there is none.
    fn line(&self) -> String {
        line(&self.name, [self.iteration, self.planned], self.measure, &self.recent)
    }
}

/// How far a run is, and the mean of its latest values.
fn line(name: &str, [iteration, planned]: [u64; 2], measure: Measure, recent: &VecDeque<f32>) -> String {
    let place = format!("{name} iteration {iteration}/{planned}");
    if recent.is_empty() {
        return place;
    }
    let mean = recent.iter().sum::<f32>() / recent.len() as f32;
    let value = if measure.is_fraction() { format!("{:.3} %", mean * 100.0) } else { format!("{mean:.4}") };
    format!("{place}, {} {value}", measure.key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_told_with_the_name_of_its_measure_and_without_a_mean_of_nothing() {
        let [reward, error] = ["maze", "patterns"].map(|task| crate::tasks::find(task).unwrap().measure());
        assert_eq!(line("seed-0", [0, 80], reward, &VecDeque::new()), "seed-0 iteration 0/80");
        let recent = VecDeque::from([1.0, 2.0]);
        assert_eq!(line("seed-3", [2, 80], reward, &recent), "seed-3 iteration 2/80, reward 1.5000");
        let recent = VecDeque::from([0.25, 0.75]);
        assert_eq!(line("seed-1", [2, 80], error, &recent), "seed-1 iteration 2/80, error 50.000 %");
    }
}
