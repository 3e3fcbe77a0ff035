//! `hebbscope import`: a network that another program has trained, as a checkpoint.

use super::output::complain_in_lines;
use super::world::pairs;
use crate::files::Precision;
use crate::tasks;
use crate::train::RunConfig;
use crate::train::config::{MAX_SEED, check_seed};
use crate::train::import::{self, Misfit, Refusal};
use std::path::PathBuf;

/// Make a checkpoint of a network that was trained in PyTorch or elsewhere: a state dictionary (.pt, .pth), NumPy's .npz
/// or a .safetensors file; nothing in it is executed
#[derive(clap::Args)]
pub struct Arguments {
    /// The file with its tensors
    #[arg(value_parser = super::path())]
    file: PathBuf,
    /// The task that it was trained on: patterns, images, maze, cue_reward, omniglot or language
    #[arg(long)]
    task: String,
    /// One setting of the task, which says what network it is; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Which tensor of the file is a parameter of the network; may be given several times. Names of the papers' published
    /// code are known
    #[arg(long = "as", value_name = "OURS=THEIRS")]
    renamed: Vec<String>,
    /// For how many iterations it was trained, for the record
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=MAX_SEED))]
    iteration: u64,
    /// Its training seed, for the record
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// The checkpoint to write
    #[arg(long, value_name = "CHECKPOINT", value_parser = super::path())]
    out: PathBuf,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let Arguments { file, out, iteration, .. } = arguments;
    super::keep_original(file, out)?;
    let mut config = RunConfig::new(tasks::find(&arguments.task)?);
    for (key, value) in pairs(&arguments.settings)? {
        config.settings.set_text(&key, &value)?;
    }
    config.seed = check_seed(arguments.seed)?;
    let renamed = import::renamed(arguments.renamed.iter().map(String::as_str))?;
    let mut foreign = import::open(file)?;
    let (format, name) = (foreign.format, file.file_name().map(|name| name.to_string_lossy().into_owned()));
    let taken = match import::import(&mut foreign, &name.unwrap_or_default(), config, *iteration, &renamed) {
        Err(Refusal::Misfits(error, found)) => {
            complain_in_lines(&table(found.misfits.iter().chain(&found.left_out)));
            return Err(error.into());
        }
        Err(Refusal::Config(error)) => return Err(error.into()),
        taken => taken?,
    };
    for note in &taken.notes {
        super::note(file, Some(note));
    }
    if !taken.comparison.left_out.is_empty() {
        super::note(file, Some("these tensors have no place in the network and are left out:"));
        complain_in_lines(&table(taken.comparison.left_out.iter()));
    }
    taken.checkpoint.write(out, Precision::Full)?;
    super::print(&format!(
        "{}: {}, {} parameters from {} ({format}), after {iteration} iterations",
        out.display(),
        taken.checkpoint.config.task().name(),
        taken.checkpoint.parameters.count(),
        file.display(),
    ))
}

/// What does not fit, a line each below a heading.
fn table<'a>(misfits: impl Iterator<Item = &'a Misfit>) -> String {
    let (rows, more) = import::rows(misfits);
    let rows: Vec<[String; 4]> = std::iter::once(import::HEADING.map(str::to_owned)).chain(rows).collect();
    let widths = [0, 1, 2].map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default());
    let line = |row: &[String; 4]| {
        let [parameter, expected, found, nearest] = row;
        let [first, second, third] = widths;
        format!("  {parameter:first$}  {expected:second$}  {found:third$}  {nearest}\n")
    };
    let mut text: String = rows.iter().map(line).collect();
    if more > 0 {
        text += &format!("  and {more} more\n");
    }
    text
}
