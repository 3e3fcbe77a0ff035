//! `hebbscope share`: a checkpoint without what only training needs.

use crate::files::Precision;
use crate::train::open;
use std::path::PathBuf;

/// Write a small copy of a checkpoint: 16-bit matrices, no optimiser state
#[derive(clap::Args)]
pub struct Arguments {
    /// The checkpoint, or a run folder
    #[arg(value_parser = super::path())]
    checkpoint: PathBuf,
    /// The copy to write
    #[arg(long, value_name = "FILE", value_parser = super::path())]
    out: PathBuf,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    super::keep_original(&open::checkpoint_file(&arguments.checkpoint), &arguments.out)?;
    let mut checkpoint = open::checkpoint(&arguments.checkpoint)?;
    super::note(&arguments.checkpoint, checkpoint.note.as_deref());
    checkpoint.continuation = None;
    checkpoint.config = checkpoint.config.without_places();
    checkpoint.write(&arguments.out, Precision::HalfMatrices)?;
    super::print(&format!("{}: {} bytes", arguments.out.display(), std::fs::metadata(&arguments.out)?.len()))?;
    Ok(())
}
