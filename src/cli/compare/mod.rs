//! `hebbscope compare`: groups of runs, by new episodes that all of them live and by how they were trained.
//!
//! | file | subject |
//! |---|---|
//! | here | what is asked, and living the episodes |
//! | `groups` | what runs and groups of them come to, and tests between groups |
//! | `json`, `text` | how it is said |

mod groups;
mod json;
mod text;

use super::output::{clear_progress, complain, say_progress};
use crate::files::FileError;
use crate::tasks::Task;
use crate::tasks::tally::Mean;
use crate::train::config::check_seed;
use crate::train::evaluate::{Protocol, evaluate, whole};
use crate::train::history::TRAINING_MEAN;
use crate::train::run_folder::checkpoint_path;
use crate::train::{Checkpoint, History, open};
use crate::view::comparison::Compared;
use crate::view::comparison::reader::runs_in;
use anyhow::Context as _;
use groups::{Group, RunResult};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// So many new episodes are lived where nobody says how many.
const EPISODES: u64 = 100;

/// Compare groups of runs on the same new episodes and in training, with a rank-sum test between any two groups
///
/// Of a run without a checkpoint the numbers of its training are compared, for which config.toml and metrics.csv are enough.
/// Runs that have everything but the training seed in common are a group. p is two-sided, by the ranks of the runs
/// (Wilcoxon, Mann and Whitney), and not corrected for the number of groups.
#[derive(clap::Args)]
pub struct Arguments {
    /// Run folders, folders of run folders, and checkpoints
    #[arg(required = true, value_name = "FOLDER", value_parser = super::path())]
    paths: Vec<PathBuf>,
    /// How many new episodes each run lives: the same ones, where the runs are shown the same [default: 100; of a text all
    /// of it]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    episodes: Option<u64>,
    /// What the episodes are drawn from, one after another
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The iteration up to which training is compared, by the mean of the last 100 iterations [default: the last that
    /// all runs have]
    #[arg(long, value_name = "ITERATION", value_parser = clap::value_parser!(u64).range(1..))]
    at: Option<u64>,
    /// One line of JSON, with every run
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    world: super::world::WorldArgument,
    #[command(flatten)]
    device: super::DeviceArgument,
}

/// A comparison with all that says what it is of.
struct Comparison<'a> {
    arguments: &'a Arguments,
    task: &'static dyn Task,
    /// The iterations, counted from 1, over which training is averaged; `None` where no run has its curve.
    window: Option<RangeInclusive<usize>>,
    groups: Vec<Group>,
}

/// What runs have lived to be compared.
enum Lived {
    /// Nothing: no run has its network.
    Nothing,
    /// All test examples, in one go.
    All,
    /// So many new episodes.
    Episodes(u64),
}

impl Comparison<'_> {
    fn lived(&self) -> Lived {
        let most = self.groups.iter().flat_map(|group| &group.runs).map(|run| run.new_episodes.count()).max();
        match (most, self.arguments.episodes) {
            (None | Some(0), _) => Lived::Nothing,
            (Some(1), None) => Lived::All,
            (_, episodes) => Lived::Episodes(episodes.unwrap_or(EPISODES)),
        }
    }
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let protocol = Protocol::new(check_seed(arguments.seed)?, arguments.episodes.unwrap_or(EPISODES));
    let compute = arguments.device.open()?;
    let compared = compared(&arguments.paths)?;
    let histories = compared.groups().iter().flat_map(|group| &group.runs);
    let window = window(&histories.clone().map(|run| &**run).collect::<Vec<_>>(), arguments.at)?;
    let Some(task) = compared.task() else { return Ok(()) };
    let (all, mut done) = (histories.count(), 0);
    let mut run_result = |history: &History| -> anyhow::Result<RunResult> {
        say_progress(done, all);
        done += 1;
        let training = window.clone().and_then(|window| history.mean_measure(&window));
        if history.folder.is_dir() && !checkpoint_path(&history.folder).exists() {
            // Its numbers say how it was trained, and nobody can live anything.
            return Ok(RunResult::in_training(history, training));
        }
        let mut checkpoint = checkpoint(&history.folder)?;
        checkpoint.config = arguments.world.of(&checkpoint.config)?;
        checkpoint.parameters = checkpoint.parameters.copy_to(&compute)?;
        let name = || history.folder.display().to_string();
        let all = match arguments.episodes {
            Some(_) => None,
            None => whole(checkpoint.specimen(), &mut |_| true).with_context(name)?,
        };
        let (found, new_episodes) = match all {
            Some(found) => {
                let measure = found.measure();
                (found, Mean::from_iter([measure]))
            }
            None => {
                let found = evaluate(checkpoint.specimen(), &protocol, |_| true).with_context(name)?;
                let new_episodes: Mean = found.lives.iter().map(|life| life.measure).collect();
                (found, new_episodes)
            }
        };
        Ok(RunResult {
            place: history.folder.clone(),
            seed: history.config.seed,
            iteration: checkpoint.iteration(),
            fingerprint: Some(checkpoint.fingerprint()?),
            examples: found.examples,
            world: checkpoint.config.differences_in_words(),
            new_episodes,
            training,
        })
    };
    let mut groups = Vec::new();
    for group in compared.groups() {
        let runs = group.runs.iter().map(|run| run_result(run)).collect::<anyhow::Result<_>>();
        groups.push(Group { name: group.name.clone(), runs: runs.inspect_err(|_| clear_progress())? });
    }
    clear_progress();
    let comparison = Comparison { arguments, task, window, groups };
    super::print(&if arguments.json { json::line(&comparison) } else { text::table(&comparison) })
}

/// Says on standard error which runs are the same as others.
pub(super) fn tell_passed_over(compared: &mut Compared) {
    compared.take_passed_over().iter().for_each(|copy| complain(&format!("passed over: {copy}")));
}

/// The runs that are named, beside each other.
pub(super) fn compared(paths: &[PathBuf]) -> anyhow::Result<Compared> {
    let mut compared = Compared::of(histories(paths)?)?;
    tell_passed_over(&mut compared);
    Ok(compared)
}

/// The runs that are named, be it by folders of them or by their checkpoints.
fn histories(paths: &[PathBuf]) -> anyhow::Result<Vec<History>> {
    let mut runs = Vec::new();
    for path in paths {
        if path.is_file() {
            runs.push(History::of_checkpoint(path, &checkpoint(path)?));
            continue;
        }
        for folder in runs_in(path)? {
            runs.push(History::read(&folder)?);
        }
    }
    Ok(runs)
}

fn checkpoint(path: &Path) -> Result<Checkpoint, FileError> {
    let checkpoint = open::checkpoint(path)?;
    super::note(path, checkpoint.note.as_deref());
    Ok(checkpoint)
}

/// The iterations over which training is averaged: the last up to `at`, or up to where all runs have come.
///
/// # Errors
/// Where a run has not come so far.
fn window(runs: &[&History], at: Option<u64>) -> Result<Option<RangeInclusive<usize>>, FileError> {
    let with_curves = runs.iter().filter(|run| !run.points.is_empty());
    let Some(shortest) = with_curves.min_by_key(|run| run.points.len()) else { return Ok(None) };
    let last = shortest.points.len();
    let at = at.map_or(last, |at| usize::try_from(at).unwrap_or(usize::MAX));
    if at > last {
        let problem = format!("expected a run of at least {at} iterations, found one of {last}");
        return Err(FileError::new(&shortest.folder, problem));
    }
    Ok(Some(at.saturating_sub(TRAINING_MEAN) + 1..=at))
}
