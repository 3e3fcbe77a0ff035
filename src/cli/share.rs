//! `hebbscope share`: a checkpoint without what only training needs, or an episode and how it is looked at.

use super::usage::misused;
use super::viewed::ViewOptions;
use crate::files::Precision;
use crate::train::ages::Source;
use crate::train::open;
use crate::train::run_folder::first_run;
use crate::ui::tours;
use crate::view::cartridge::{self, MOST_LETTERS};
use crate::view::comparison::Compared;
use crate::view::export::{Shown, WINDOW_SIZE, Words};
use crate::view::scene;
use std::path::PathBuf;

/// Write a small copy of a checkpoint: 16-bit matrices, no optimiser state; with --view, an episode and how it is looked at
#[derive(clap::Args)]
pub struct Arguments {
    /// The checkpoint, or a run folder; with --view also a tape
    #[arg(value_parser = super::path())]
    checkpoint: PathBuf,
    /// The copy to write
    #[arg(long, value_name = "FILE", value_parser = super::path())]
    out: PathBuf,
    /// One file with the network, an episode, what is done to it and how it is looked at, which opens to the same frame; the
    /// options from --layout on say which
    #[arg(long)]
    view: bool,
    /// What whoever opens it shall know
    #[arg(long, value_name = "TEXT", requires = "view")]
    notes: Option<String>,
    /// A tour through it
    #[arg(long, value_name = "FILE.toml", value_parser = super::path(), requires = "view")]
    tour: Option<PathBuf>,
    #[command(flatten)]
    options: ViewOptions,
}

/// Runs the sub-command.
pub fn run(arguments: &Arguments) -> anyhow::Result<()> {
    super::keep_original(&open::checkpoint_file(&arguments.checkpoint), &arguments.out)?;
    let what = if arguments.view { share_view(arguments)? } else { share_network(arguments)? };
    super::print(&format!("{}: {what}", arguments.out.display()))?;
    Ok(())
}

fn share_network(arguments: &Arguments) -> anyhow::Result<String> {
    if let Some(option) = arguments.options.given() {
        misused!("--{option} belongs to --view, found it without");
    }
    let mut checkpoint = open::checkpoint(&arguments.checkpoint)?;
    super::note(&arguments.checkpoint, checkpoint.note.as_deref());
    checkpoint.continuation = None;
    checkpoint.config = checkpoint.config.without_places();
    checkpoint.write(&arguments.out, Precision::HalfMatrices)?;
    Ok(format!("{} bytes", std::fs::metadata(&arguments.out)?.len()))
}

fn share_view(arguments: &Arguments) -> anyhow::Result<String> {
    let notes = arguments.notes.clone().unwrap_or_default();
    let length = notes.chars().count();
    if length > MOST_LETTERS {
        misused!("--notes expects at most {MOST_LETTERS} letters, found {length}");
    }
    let tour = arguments.tour.as_ref().map(|path| tours::read(path)).transpose()?.map(|tour| (tour.text, 0));
    let path = first_run(&arguments.checkpoint);
    let prepared = scene::opened(&path)?;
    super::note(&path, prepared.note.as_deref());
    let still = arguments.options.still(prepared, Source::of(&path).as_ref(), Compared::default())?;
    let mut look = arguments.options.look(&still, false);
    look.words = Words { notes, tour };
    let shown = Shown { still, dark: true, size: WINDOW_SIZE, caption: false, look };
    Ok(cartridge::write(&arguments.out, &shown)?)
}
