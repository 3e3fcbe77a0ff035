//! `hebbscope train`: a run in the terminal.

use super::output::say;
use super::world::pairs;
use crate::files::FileError;
use crate::tasks::Measure;
use crate::train::config::{ConfigError, ConfigText, check_seed, check_steps};
use crate::train::run_folder::checkpoint_path;
use crate::train::{Command, Event, Point, RunConfig, RunFolder, Trainer, Worker, ages, worker};
use crate::view::numbers::duration;
use anyhow::{Context as _, bail};
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::{Duration, Instant};

mod seeds;

pub use seeds::Seeds;

/// Where runs go when no folder is named.
const RUNS: &str = "runs";

/// Iterations that the printed averages look back over.
const WINDOW: usize = 20;

/// Train a network; progress is printed, everything is saved as it goes
#[derive(clap::Args)]
pub struct Arguments {
    /// The task: patterns, images, maze, cue_reward, omniglot or language
    task: Option<String>,
    /// A configuration in TOML
    #[arg(long, value_name = "FILE", value_parser = super::path())]
    config: Option<PathBuf>,
    /// Settings that were published together: figure-3-plastic, figure-3-lstm, figure-3-non-plastic, figure-4-easy,
    /// maze-250 or maze-13
    #[arg(long, value_name = "NAME", conflicts_with_all = ["config", "resume"])]
    preset: Option<String>,
    /// One setting of the task; may be given several times. With --resume, one of training (learning rate, clipping,
    /// batch), or a new place of the same examples
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// The folder of the run [default: a new one below runs/]
    #[arg(long, value_name = "DIR", value_parser = super::path())]
    out: Option<PathBuf>,
    /// Training seed, from which everything random follows [default: 0]
    #[arg(long)]
    seed: Option<u64>,
    /// The same run with each of these training seeds, as many at once as there are cores, each in a folder of its own
    #[arg(long, value_name = "A..B", conflicts_with = "seed")]
    seeds: Option<Seeds>,
    /// Iterations of the whole run [default: the task's]
    #[arg(long)]
    steps: Option<u64>,
    /// Seconds between saves while it trains; 0 saves after every iteration
    #[arg(long, value_name = "SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(..=86_400))]
    autosave: u64,
    /// Snapshots of the network that the folder of the run keeps, for the window's scrubber of ages; 0 keeps none. Of large
    /// networks there are fewer: all of them take 64 MiB at most
    #[arg(long, value_name = "N", default_value_t = ages::USUAL as u64, value_parser = clap::value_parser!(u64).range(..=ages::MOST as u64))]
    snapshots: u64,
    #[command(flatten)]
    device: super::DeviceArgument,
    /// Go on with the run in this folder, or with all runs of --seeds in it
    #[arg(long, value_name = "DIR", value_parser = super::path(), conflicts_with_all = ["config", "out", "seed", "seeds"])]
    resume: Option<PathBuf>,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    // Before the run has a folder: a device that does not work leaves nothing behind.
    let compute = arguments.device.open()?;
    let autosave = Duration::from_secs(arguments.autosave);
    let several = several(arguments)?;
    let single =
        if several.folders.is_empty() && several.problems.is_empty() { Some(prepare(arguments)?) } else { None };
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed)).context("Ctrl-C cannot be listened for")?;
    let Some((mut trainer, folder)) = single else {
        let slots = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let steps = arguments.steps.map(check_steps).transpose()?;
        let changes = pairs(&arguments.settings)?;
        return seeds::train(
            several,
            &seeds::Orders { steps, changes, autosave, slots, ages: arguments.snapshots as usize },
            &compute,
            &stop,
        );
    };
    trainer.move_to(&compute)?;
    let config = trainer.config().clone();
    let (path, planned) = (folder.path(), config.iterations);
    let network = trainer.parameters().count();
    say(&format!(
        "{}: {} parameters, training seed {}, iterations {} to {planned}, on {}, in {}\n",
        config.task().name(),
        network,
        config.seed,
        trainer.iteration() + 1,
        compute.title(),
        path.display()
    ));
    if let Some(examples) = trainer.examples() {
        say(&format!("{examples}\n"));
    }
    let ages = arguments.snapshots as usize;
    let options = worker::Options { autosave, snapshots: false, ages, ..worker::Options::default() };
    let mut progress = Progress::new(&config, trainer.curve());
    let worker = Worker::start(trainer, Some(folder), options).context("the training thread could not be started")?;
    follow(&worker, &stop, &mut progress, &path)
}

/// The folders of several runs, where several were asked for.
fn several(arguments: &Arguments) -> anyhow::Result<seeds::Several> {
    if let Some(folder) = &arguments.resume {
        return seeds::found(folder, &pairs(&arguments.settings)?);
    }
    let Some(seeds) = arguments.seeds.clone() else { return Ok(seeds::Several::default()) };
    let config = configure(arguments)?;
    let parent = arguments.out.clone().unwrap_or_else(|| {
        let std::ops::Range { start, end } = seeds.0;
        RunFolder::free_name(Path::new(RUNS), &format!("{}-seeds-{start}-{}", config.task().name(), end - 1))
    });
    let begun = seeds::begin(&parent, &config, &seeds)?;
    say(&format!(
        "{}: training seeds {} to {}, in {}\n",
        config.task().name(),
        seeds.0.start,
        seeds.0.end - 1,
        parent.display()
    ));
    if let Some(examples) = &begun.examples {
        say(&format!("{examples}\n"));
    }
    Ok(begun)
}

fn prepare(arguments: &Arguments) -> anyhow::Result<(Trainer, RunFolder)> {
    if let Some(folder) = &arguments.resume {
        let (folder, mut checkpoint) = RunFolder::resume(folder)?;
        super::note(&checkpoint_path(&folder.path()), checkpoint.note.as_deref());
        let found = checkpoint.config.task().name();
        if let Some(task) = arguments.task.as_deref().map(crate::tasks::find).transpose()?
            && task.name() != found
        {
            bail!("{}: expected a run of task {}, found one of {found}", folder.path().display(), task.name());
        }
        let iteration = checkpoint.iteration();
        checkpoint.config.change(iteration, &pairs(&arguments.settings)?)?;
        let mut trainer = Trainer::from_checkpoint(checkpoint).with_context(|| folder.path().display().to_string())?;
        if let Some(steps) = arguments.steps {
            trainer.set_iterations(check_steps(steps)?);
        }
        if trainer.iteration() >= trainer.config().iterations {
            bail!(
                "{}: expected a run with iterations left, found {} done and {} asked for; a larger --steps goes on",
                folder.path().display(),
                trainer.iteration(),
                trainer.config().iterations
            );
        }
        return Ok((trainer, folder));
    }
    let config = configure(arguments)?;
    let trainer = Trainer::new(config)?;
    let config = trainer.config();
    let path = arguments.out.clone().unwrap_or_else(|| {
        RunFolder::free_name(Path::new(RUNS), &format!("{}-seed-{}", config.task().name(), config.seed))
    });
    let folder = RunFolder::create(&path, config)?;
    Ok((trainer, folder))
}

/// The run that `arguments` describe, as it is before it begins.
pub fn configure(arguments: &Arguments) -> Result<RunConfig, ConfigError> {
    let mut config = match &arguments.preset {
        Some(name) => RunConfig::preset(name, arguments.task.as_deref())?,
        None => configured_in_file(arguments)?,
    };
    for (key, value) in pairs(&arguments.settings)? {
        config.settings.set_text(&key, &value)?;
        // With other settings the examples may be others too.
        (config.fingerprint, config.provenance) = (None, None);
    }
    config.seed = check_seed(arguments.seed.unwrap_or(config.seed))?;
    config.iterations = check_steps(arguments.steps.unwrap_or(config.iterations))?;
    Ok(config)
}

/// The run that the file of `arguments` describes; without one, the defaults of the task.
fn configured_in_file(arguments: &Arguments) -> Result<RunConfig, ConfigError> {
    let text = arguments.config.as_deref().map(ConfigText::read).transpose()?.unwrap_or_default();
    RunConfig::from_text(&text, arguments.task.as_deref()).map_err(|error| {
        // A task that the command line named is not the file's fault.
        let from_file = arguments.task.is_none() || matches!(error, ConfigError::Setting(_));
        match &arguments.config {
            Some(path) if from_file => ConfigError::File { path: path.clone(), problem: error.to_string() },
            _ => error,
        }
    })
}

/// "epoch 3, validation perplexity 124.61, the best so far".
fn validated(measure: Measure, epoch: u64, value: f32, is_best: bool) -> String {
    let value = if measure.is_fraction() { format!("{:.2} %", 100.0 * value) } else { format!("{value:.2}") };
    let best = if is_best { ", the best so far" } else { "" };
    format!("epoch {epoch}, validation {} {value}{best}", measure.title)
}

/// What is left of a run that broke, and how it goes on.
fn failure(reason: &str, kept: Option<&Path>, before: Option<&Path>) -> String {
    let Some(kept) = kept else { return format!("{reason}; no checkpoint of it is left") };
    let before = before.map_or_else(String::new, |before| {
        format!(
            ", from which --resume goes on with another learning rate (--set lr=…); the network just before is {}",
            before.display()
        )
    });
    format!("{reason}; the last good checkpoint is {}{before}", kept.display())
}

fn follow(worker: &Worker, stop: &AtomicBool, progress: &mut Progress, path: &Path) -> anyhow::Result<()> {
    let mut path = path.to_owned();
    let Some(events) = worker.events() else { return Ok(()) };
    loop {
        if stop.swap(false, Ordering::Relaxed) {
            worker.tell(Command::Stop);
        }
        match events.recv_timeout(Duration::from_millis(100)) {
            Ok(Event::Progress { points, .. }) => progress.add(&points),
            Ok(Event::Validated { epoch, value, is_best, .. }) => {
                progress.print();
                progress.note(&validated(progress.measure, epoch, value, is_best));
            }
            Ok(Event::Warning(warning)) => progress.note(&format!("warning: {warning}")),
            Ok(Event::Saved { path: saved, .. }) => path = saved.parent().unwrap_or(Path::new("")).to_owned(),
            Ok(Event::Paused { .. }) | Err(RecvTimeoutError::Timeout) => {}
            Ok(Event::Finished { iteration, stopped }) => {
                let word = if stopped { "stopped" } else { "done" };
                progress.print();
                progress.note(&format!("{word} at iteration {iteration}, saved in {}", path.display()));
                return Ok(());
            }
            Ok(Event::Failed { reason, kept, before, .. }) => {
                progress.print();
                progress.note("");
                bail!("{}", failure(&reason, kept.as_deref(), before.as_deref()))
            }
            Err(RecvTimeoutError::Disconnected) => {
                return Err(FileError::new(&path, "the training thread ended without a word").into());
            }
        }
    }
}

/// The line that tells how far the run is.
struct Progress {
    planned: u64,
    measure: Measure,
    has_eta: bool,
    recent: Vec<Point>,
    done: u64,
    since: Option<(Instant, u64)>,
    printed: Option<Instant>,
    live: bool,
}

impl Progress {
    fn new(config: &RunConfig, curve: &[Point]) -> Self {
        let measure = config.task().measure();
        Self {
            planned: config.iterations,
            measure,
            has_eta: config.has_eta(),
            recent: curve.to_vec(),
            done: curve.len() as u64,
            since: None,
            printed: None,
            live: std::io::stdout().is_terminal(),
        }
    }

    fn add(&mut self, points: &[Point]) {
        self.recent.extend_from_slice(points);
        let excess = self.recent.len().saturating_sub(WINDOW);
        self.recent.drain(..excess);
        self.done += points.len() as u64;
        // The rate leaves the first iteration out: it pays for warming up.
        self.since.get_or_insert((Instant::now(), self.done));
        let pause = if self.live { Duration::from_millis(200) } else { Duration::from_secs(5) };
        if self.printed.is_none_or(|printed| printed.elapsed() >= pause) {
            self.print();
        }
    }

    fn print(&mut self) {
        self.printed = Some(Instant::now());
        let line = self.line();
        if self.live { say(&format!("\r{}\x1b[K", cut(&line, terminal_width()))) } else { say(&format!("{line}\n")) }
    }

    /// How far it is, and means of the last iterations, where there are any.
    fn line(&self) -> String {
        let rate =
            self.since.map_or(0.0, |(since, done)| (self.done - done) as f64 / since.elapsed().as_secs_f64().max(1e-9));
        let left = if rate > 0.0 {
            format!("{rate:.2}/s, {} left", duration(((self.planned.saturating_sub(self.done)) as f64 / rate) as u64))
        } else {
            "measuring speed".to_owned()
        };
        let Some(last) = self.recent.last() else { return format!("{:>7}/{}  {left}", self.done, self.planned) };
        let mean = |value: fn(&Point) -> f32| {
            self.recent.iter().map(|point| f64::from(value(point))).sum::<f64>() / self.recent.len() as f64
        };
        let measure = mean(|point| point.measure);
        let measure =
            if self.measure.is_fraction() { format!("{:.2} %", measure * 100.0) } else { format!("{measure:.4}") };
        let eta = if self.has_eta { format!("η {:.5}  ", last.eta) } else { String::new() };
        format!(
            "{:>7}/{}  {} {measure:>8}  loss {:>10.4}  {eta}{left}",
            self.done,
            self.planned,
            self.measure.key,
            mean(|point| point.loss),
        )
    }

    fn note(&self, text: &str) {
        if self.live {
            say("\n");
        }
        if !text.is_empty() {
            say(&format!("{text}\n"));
        }
    }
}

/// Columns of the terminal; eighty where it does not tell.
fn terminal_width() -> usize {
    terminal_size::terminal_size().map_or(80, |(width, _)| usize::from(width.0))
}

/// The beginning of `line` that fits in `columns`, one left free so that no terminal wraps.
fn cut(line: &str, columns: usize) -> String {
    line.chars().take(columns.saturating_sub(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tasks;

    #[test]
    fn before_the_first_iteration_no_mean_is_told() {
        let config = RunConfig::new(tasks::find("omniglot").expect("it is in the registry"));
        let mut progress = Progress::new(&config, &[]);
        assert_eq!(progress.line(), "      0/40000  measuring speed");
        progress.recent.push(Point { loss: 0.5, measure: 0.25, eta: 0.01, grad_norm: 1.0 });
        assert_eq!(progress.line(), "      0/40000  accuracy  25.00 %  loss     0.5000  η 0.01000  measuring speed");
    }
}
