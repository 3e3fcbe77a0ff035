//! `hebbscope eval`: how well a network does on episodes it has never lived.

mod json;
mod text;

use super::interventions;
use super::output::{clear_progress, say_part, say_progress};
use super::train::Seeds;
use super::usage::WrongUsage;
use crate::train::config::check_seed;
use crate::train::evaluate::{self, Evaluation, Lives, Protocol};
use crate::train::lesion::Lesion;
use crate::train::{Checkpoint, open};
use anyhow::Context as _;
use std::path::PathBuf;

/// So many episodes are run where nobody says how many.
const EPISODES: u64 = 20;

/// Measure a checkpoint on new episodes, with whatever is done to them or to the network beside the control
#[derive(clap::Args)]
pub struct Arguments {
    /// The checkpoint, or a run folder
    #[arg(value_parser = super::path())]
    checkpoint: PathBuf,
    /// How many episodes to run [default: 20; of a text all of it, from its first word to its last]
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    episodes: Option<u64>,
    /// What all episodes are drawn from, one after another [default: 0]
    #[arg(long)]
    seed: Option<u64>,
    /// In place of --episodes and --seed: the episodes of these episode seeds, without B and at most 1000, each of which can
    /// be opened by its seed
    #[arg(long, value_name = "A..B", conflicts_with_all = ["episodes", "seed"])]
    seeds: Option<Seeds>,
    /// Done to every episode before that step, counted from 1, and the same episode is run without it, too; repeatable.
    /// What can be done: see `hebbscope episode --help`. The first transplant is from the episode seed that is named, each
    /// after it from the next.
    #[arg(long = "do", value_name = "STEP:WHAT", value_parser = interventions::parse)]
    interventions: Vec<interventions::Written>,
    /// What becomes of a parameter before every episode, beside which the same episode is run with the whole network;
    /// repeatable. alpha=shuffle, alpha=mean, alpha=zero, the same for w, and for NAME.alpha and NAME.w of layers with
    /// names. Shuffles are drawn anew each time.
    #[arg(long = "lesion", value_name = "PARAMETER=HOW")]
    lesions: Vec<Lesion>,
    #[command(flatten)]
    world: super::world::WorldArgument,
    /// One line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    device: super::DeviceArgument,
}

/// An evaluation with all that says what it is of.
struct Measured<'a> {
    arguments: &'a Arguments,
    checkpoint: &'a Checkpoint,
    /// Tells the network from others.
    fingerprint: String,
    protocol: &'a Protocol,
    result: Evaluation,
}

impl Measured<'_> {
    /// Whether all test examples were lived in one go.
    fn is_whole(&self) -> bool {
        self.result.lives.is_empty()
    }

    /// Over how many lifetimes a mean is.
    fn count(&self) -> usize {
        if self.is_whole() { 1 } else { self.result.lives.len() }
    }

    /// What is done, as it is written on the command line.
    fn done(&self) -> Vec<String> {
        let task = self.checkpoint.config.task();
        let done = self.arguments.interventions.iter().filter_map(|written| written.of(task).ok());
        done.map(|done| interventions::written(&done, task))
            .chain(self.protocol.lesions.iter().map(Lesion::to_string))
            .collect()
    }
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let lives = match &arguments.seeds {
        Some(Seeds(seeds)) => Lives::Seeds(seeds.clone()),
        None => Lives::Drawn {
            seed: check_seed(arguments.seed.unwrap_or(0))?,
            episodes: arguments.episodes.unwrap_or(EPISODES),
        },
    };
    let compute = arguments.device.open()?;
    let mut checkpoint = open::checkpoint(&arguments.checkpoint)?;
    super::note(&arguments.checkpoint, checkpoint.note.as_deref());
    checkpoint.config = arguments.world.of(&checkpoint.config)?;
    checkpoint.parameters = checkpoint.parameters.copy_to(&compute)?;
    let interventions =
        interventions::in_order(&arguments.interventions, checkpoint.config.task(), &checkpoint.network)?;
    let protocol = &Protocol { lives, interventions, lesions: arguments.lesions.clone() };
    for lesion in &protocol.lesions {
        lesion.check(&checkpoint.network).map_err(|problem| WrongUsage::new(format!("--lesion {problem}")))?;
    }
    let checkpoint = &checkpoint;
    let name = || arguments.checkpoint.display().to_string();
    let asks_for_episodes = arguments.episodes.is_some() || arguments.seed.is_some() || arguments.seeds.is_some();
    let whole = match asks_for_episodes || !protocol.is_plain() {
        true => None,
        false => {
            let mut each = |part| {
                say_part(part);
                true
            };
            evaluate::whole(checkpoint.specimen(), &mut each).inspect_err(|_| clear_progress()).with_context(name)?
        }
    };
    let result = match whole {
        Some(result) => Ok(result),
        None => {
            let (all, mut done) = (usize::try_from(protocol.lives.count())?, 0);
            let each = |_: &_| {
                done += 1;
                say_progress(done, all);
                true
            };
            evaluate::evaluate(checkpoint.specimen(), protocol, each).with_context(name)
        }
    };
    clear_progress();
    let result = result?;
    let fingerprint = checkpoint.fingerprint()?;
    let measured = Measured { arguments, checkpoint, fingerprint, protocol, result };
    super::print(&if arguments.json { json::line(&measured) } else { text::table(&measured) })?;
    Ok(())
}
