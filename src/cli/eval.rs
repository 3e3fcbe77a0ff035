//! `hebbscope eval`: how well a network does on episodes it has never lived.

use crate::tasks::tally::{Entry, Told};
use crate::train::config::check_seed;
use crate::train::{evaluate, open};
use anyhow::Context as _;
use std::path::PathBuf;

/// Measure a checkpoint on new episodes
#[derive(clap::Args)]
pub struct Arguments {
    /// The checkpoint, or a run folder
    #[arg(value_parser = super::path())]
    checkpoint: PathBuf,
    /// How many episodes to run
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u64).range(1..))]
    episodes: u64,
    /// Episode seed of the first one; the others follow from it
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
    super::note(&arguments.checkpoint, checkpoint.note.as_deref());
    checkpoint.parameters = checkpoint.parameters.copy_to(&compute)?;
    let result = evaluate::evaluate(&checkpoint, check_seed(arguments.seed)?, arguments.episodes, |_| {})
        .with_context(|| arguments.checkpoint.display().to_string())?;
    let task = checkpoint.config.task();
    let measure = task.measure();
    let measures = || [(measure, result.measure)].into_iter().chain(result.details.iter().copied());
    if arguments.json {
        let mut line = serde_json::Map::new();
        line.insert("task".into(), task.name().into());
        line.insert("episodes".into(), result.episodes.into());
        if let Some(examples) = &result.examples {
            line.insert("examples".into(), examples.as_str().into());
        }
        line.extend(measures().map(|(measure, value)| (measure.key.to_owned(), value.into())));
        line.insert("loss".into(), result.loss.into());
        line.extend(result.report.iter().map(|entry| {
            let value = match &entry.value {
                Told::Number(number) => (*number).into(),
                Told::List(list) => list.clone().into(),
            };
            (entry.key.to_owned(), value)
        }));
        return super::print(&serde_json::Value::Object(line).to_string());
    }
    let iterations = checkpoint.iteration();
    let mut text = format!("{} after {iterations} iterations, {} new episodes:", task.name(), result.episodes);
    if let Some(examples) = &result.examples {
        text += &format!("\n  {examples}");
    }
    let rows: Vec<(String, String)> = measures()
        .map(|(measure, value)| {
            let value = if measure.is_fraction() { format!("{:.3} %", value * 100.0) } else { format!("{value:.5}") };
            (format!("{} ({})", measure.key, measure.title), value)
        })
        .chain([("loss".to_owned(), format!("{:.5}", result.loss))])
        .chain(result.report.iter().flat_map(rows_of))
        .collect();
    let [name, number] = [0, 1].map(|column| {
        rows.iter().map(|row| if column == 0 { row.0.len() } else { row.1.len() }).max().unwrap_or_default()
    });
    for (title, value) in rows {
        text += &format!("\n  {title:<name$}  {value:>number$}");
    }
    super::print(&text)?;
    Ok(())
}

/// The rows of one entry: one for a number, one for each place of a list.
fn rows_of(entry: &Entry) -> Vec<(String, String)> {
    let Entry { key, title, value } = entry;
    match value {
        Told::Number(number) => {
            let text = number.map_or_else(|| "none".to_owned(), |number| format!("{number:.5}"));
            vec![(format!("{key} ({title})"), text)]
        }
        Told::List(list) => {
            let place = |(index, number): (usize, &f64)| (format!("{key} {}", index + 1), format!("{number:.5}"));
            list.iter().enumerate().map(place).collect()
        }
    }
}
