//! `hebbscope train`: a run in the terminal, or several.
//!
//! | file | subject |
//! |---|---|
//! | here | what is asked, and one run while it is trained |
//! | `progress` | how far it is |
//! | `seeds`, `grid` | what several runs are: training seeds, combinations of settings, and the plan beside their folders |
//! | `several` | as many of them at once as there are cores |
//! | `lines` | one command for each of them, in place of running them |
//! | `take_up` | a run that is gone on with or begun by the same command |

use super::output::say;
use super::usage::WrongUsage;
use super::world::pairs;
use crate::files::FileError;
use crate::tasks::Measure;
use crate::train::config::{ConfigError, ConfigText, check_seed, check_steps};
use crate::train::run_folder::checkpoint_path;
use crate::train::{Command, Event, RunConfig, RunFolder, Trainer, Worker, ages, worker};
use anyhow::{Context as _, bail};
use progress::Progress;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;
use take_up::TakenUp;

mod grid;
mod lines;
mod progress;
mod seeds;
mod several;
mod take_up;

pub use seeds::Seeds;

/// Where runs go when no folder is named.
const RUNS: &str = "runs";

/// Where the runs of a sweep go that is told as commands, when no folder is named: the same commands every time.
const SWEEP: &str = "runs/sweep";

/// Seconds between saves, where nobody says how many.
const AUTOSAVE: u64 = 20;

/// Iterations that the printed averages look back over.
const WINDOW: usize = 20;

/// Training was stopped before its end, and everything is saved: nothing failed, and not all is done.
#[derive(Debug, thiserror::Error)]
#[error("training was stopped before its end")]
pub struct Stopped;

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
    /// A setting with several values; may be given several times. Every combination is a run in a folder of its own below
    /// --out, with each of --seeds; as many at once as there are cores
    #[arg(long, value_name = "KEY=A,B,…")]
    grid: Vec<String>,
    /// Print one command for each run of --grid and --seeds, for GNU parallel or a queue, and run nothing
    #[arg(long)]
    list: bool,
    /// Go on with the run in --out where there is one, and begin it where there is none; what is done is done
    #[arg(long)]
    resume_or_start: bool,
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
    #[arg(long, value_name = "SECONDS", default_value_t = AUTOSAVE, value_parser = clap::value_parser!(u64).range(..=86_400))]
    autosave: u64,
    /// Snapshots of the network that the folder of the run keeps, for the window's scrubber of ages; 0 keeps none. Of large
    /// networks there are fewer: all of them take 64 MiB at most
    #[arg(long, value_name = "N", default_value_t = ages::USUAL as u64, value_parser = clap::value_parser!(u64).range(..=ages::MOST as u64))]
    snapshots: u64,
    #[command(flatten)]
    device: super::DeviceArgument,
    /// Go on with the run in this folder, or with all runs of --seeds in it
    #[arg(long, value_name = "DIR", value_parser = super::path(), conflicts_with_all = ["config", "out", "seed", "seeds", "grid", "list", "resume_or_start"])]
    resume: Option<PathBuf>,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.list {
        return super::print(&lines::lines(arguments)?);
    }
    if arguments.resume_or_start && arguments.out.is_none() {
        return Err(WrongUsage::new("--resume-or-start expects --out DIR, the folder of the run, found none").into());
    }
    // Before the run has a folder: a device that does not work leaves nothing behind.
    let compute = arguments.device.open()?;
    let autosave = Duration::from_secs(arguments.autosave);
    let ages = arguments.snapshots as usize;
    let stop = Arc::new(AtomicBool::new(false));
    // A queue is told that the run goes on later, also where it stops a run that is still reading its examples. Whoever
    // waits for that at a terminal is not kept.
    if arguments.resume_or_start {
        listen(&stop)?;
    }
    let several = several(arguments)?;
    let single = if several.is_none() { Some(prepare(arguments)?) } else { None };
    if !arguments.resume_or_start {
        listen(&stop)?;
    }
    if let Some(several) = several {
        let slots = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let steps = arguments.steps.map(check_steps).transpose()?;
        let changes = pairs(&arguments.settings)?;
        return several::train(several, &several::Orders { steps, changes, autosave, slots, ages }, &compute, &stop);
    }
    let Some(TakenUp::Run(run)) = single else { return Ok(()) };
    let (mut trainer, folder) = *run;
    let compute = arguments.device.settle(compute, &mut trainer)?;
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
    let options = worker::Options { autosave, snapshots: false, ages, ..worker::Options::default() };
    let mut progress = Progress::new(&config, trainer.curve());
    let worker = Worker::start(trainer, Some(folder), options).context("the training thread could not be started")?;
    follow(&worker, &stop, &mut progress, &path)
}

/// From now on Ctrl-C, SIGTERM and SIGHUP set `stop`, and end nothing by themselves.
fn listen(stop: &Arc<AtomicBool>) -> anyhow::Result<()> {
    let asked = Arc::clone(stop);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed)).context("Ctrl-C cannot be listened for")
}

/// Several runs, where several were asked for.
fn several(arguments: &Arguments) -> anyhow::Result<Option<seeds::Several>> {
    if let Some(folder) = &arguments.resume {
        let found = seeds::found(folder, &pairs(&arguments.settings)?)?;
        return Ok((!found.runs.is_empty() || !found.problems.is_empty()).then_some(found));
    }
    if arguments.grid.is_empty() && arguments.seeds.is_none() {
        return Ok(None);
    }
    let cells = grid::cells(arguments)?;
    let task = cells[0].config.task().name();
    let parent = arguments.out.clone().unwrap_or_else(|| {
        let name = match &arguments.seeds {
            Some(Seeds(seeds)) if arguments.grid.is_empty() => {
                format!("{task}-seeds-{}-{}", seeds.start, seeds.end - 1)
            }
            _ => format!("{task}-sweep"),
        };
        RunFolder::free_name(Path::new(RUNS), &name)
    });
    let begun = match &arguments.seeds {
        Some(seeds) if arguments.grid.is_empty() && !arguments.resume_or_start => {
            seeds::begin(&parent, &cells[0].config, seeds)?
        }
        seeds => seeds::plan(&parent, &cells, seeds.as_ref(), arguments.resume_or_start)?,
    };
    let seeds = match &arguments.seeds {
        Some(Seeds(seeds)) => format!("training seeds {} to {}", seeds.start, seeds.end - 1),
        None => format!("training seed {}", cells[0].config.seed),
    };
    let combinations = match arguments.grid.is_empty() {
        true => String::new(),
        false => format!("{} combinations of settings, ", cells.len()),
    };
    say(&format!("{task}: {combinations}{seeds}, in {}\n", parent.display()));
    if let Some(examples) = &begun.examples {
        say(&format!("{examples}\n"));
    }
    Ok(Some(begun))
}

fn prepare(arguments: &Arguments) -> anyhow::Result<TakenUp> {
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
        return Ok(TakenUp::Run((trainer, folder).into()));
    }
    let config = configure(arguments)?;
    if let Some(path) = arguments.out.as_deref().filter(|_| arguments.resume_or_start) {
        return take_up::take_up(path, config);
    }
    let trainer = Trainer::new(config)?;
    let config = trainer.config();
    let path = arguments.out.clone().unwrap_or_else(|| {
        RunFolder::free_name(Path::new(RUNS), &format!("{}-seed-{}", config.task().name(), config.seed))
    });
    let folder = RunFolder::create(&path, config)?;
    Ok(TakenUp::Run((trainer, folder).into()))
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
                return if stopped { Err(Stopped.into()) } else { Ok(()) };
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
