//! `hebbscope episode`: one lifetime, recorded.

use super::interventions;
use crate::episode::tape_file;
use crate::train::config::check_seed;
use crate::train::open;
use std::path::PathBuf;

/// Record the episode of one seed as a tape
#[derive(clap::Args)]
pub struct Arguments {
    /// The checkpoint, or a run folder
    #[arg(value_parser = super::path())]
    checkpoint: PathBuf,
    /// Episode seed
    #[arg(long)]
    seed: u64,
    /// The tape to write
    #[arg(long, value_name = "TAPE", value_parser = super::path())]
    out: PathBuf,
    #[arg(long = "do", value_name = "STEP:WHAT", value_parser = interventions::parse, help = interventions::HELP)]
    done: Vec<interventions::Written>,
    #[command(flatten)]
    world: super::world::WorldArgument,
    #[command(flatten)]
    device: super::DeviceArgument,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    super::keep_original(&open::checkpoint_file(&arguments.checkpoint), &arguments.out)?;
    let compute = arguments.device.open()?;
    let mut checkpoint = open::checkpoint(&arguments.checkpoint)?;
    super::note(&arguments.checkpoint, checkpoint.note.as_deref());
    checkpoint.config = arguments.world.of(&checkpoint.config)?;
    checkpoint.parameters = checkpoint.parameters.copy_to(&compute)?;
    let (seed, task) = (check_seed(arguments.seed)?, checkpoint.config.task());
    let done = interventions::in_order(&arguments.done, task, &checkpoint.network)?;
    let tape = match done.is_empty() {
        true => checkpoint.specimen().episode(seed)?,
        false => checkpoint.specimen().branch(seed, done)?,
    };
    tape_file::write(&arguments.out, &tape, &checkpoint.parameters)?;
    let measure = checkpoint.config.task().measure();
    super::print(&format!(
        "{}: {} steps, loss {:.4}, {} {:.4}",
        arguments.out.display(),
        tape.steps,
        tape.loss,
        measure.key,
        tape.measure
    ))?;
    Ok(())
}
