//! `hebbscope eval`: how well a network does on episodes it has never lived.

use crate::train::config::check_seed;
use crate::train::{evaluate, open};
use anyhow::Context as _;
use std::path::PathBuf;

/// Measure a checkpoint on new episodes
#[derive(clap::Args)]
pub struct Arguments {
    /// The checkpoint, or a run folder
    checkpoint: PathBuf,
    /// How many lifetimes to live
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    episodes: u64,
    /// The seed of the episodes
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// One line of JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    device: super::DeviceArgument,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let compute = arguments.device.open()?;
    let mut checkpoint = open::checkpoint(&arguments.checkpoint)?;
    checkpoint.parameters = checkpoint.parameters.copy_to(&compute)?;
    let result = evaluate::evaluate(&checkpoint, check_seed(arguments.seed)?, arguments.episodes, |_| {})
        .with_context(|| arguments.checkpoint.display().to_string())?;
    let task = checkpoint.config.task();
    let measure = task.measure();
    if arguments.json {
        let mut line = serde_json::Map::new();
        line.insert("task".into(), task.name().into());
        line.insert("episodes".into(), result.episodes.into());
        line.insert(measure.key.into(), result.measure.into());
        line.insert("loss".into(), result.loss.into());
        super::print(&serde_json::Value::Object(line).to_string())?;
    } else {
        let value = if measure.is_fraction {
            format!("{:.3} %", result.measure * 100.0)
        } else {
            format!("{:.5}", result.measure)
        };
        super::print(&format!(
            "{} after {} iterations, {} new lifetimes:\n  {} ({})  {value}\n  loss  {:.5}",
            task.name(),
            checkpoint.iteration(),
            result.episodes,
            measure.key,
            measure.title,
            result.loss
        ))?;
    }
    Ok(())
}
