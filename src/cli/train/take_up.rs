//! `--resume-or-start`: one command for a run that may have begun, been cut short, or come to its end.

use crate::cli::output::say;
use crate::files::FileError;
use crate::train::run_folder::{checkpoint_path, config_path, described, is_run};
use crate::train::{RunConfig, RunFolder, Trainer};
use anyhow::Context as _;
use std::path::Path;

/// A run in its folder.
pub enum TakenUp {
    /// It can go on.
    Run(Box<(Trainer, RunFolder)>),
    /// It has as many iterations as were asked for, which has been said.
    Done,
}

/// Takes up the run in the folder `path` if it is the one that `config` describes, and begins it where there is none.
///
/// The length is not compared: a run that has come to `config`'s is done, any other goes on to it. Neither is what was
/// changed on the way (`--resume --set lr=…`), if it began as `config` says.
///
/// # Errors
/// When another run is there, or it cannot go on or begin.
pub fn take_up(path: &Path, mut config: RunConfig) -> anyhow::Result<TakenUp> {
    if !is_run(path) && !config_path(path).is_file() {
        let trainer = Trainer::new(config)?;
        let folder = RunFolder::create(path, trainer.config())?;
        return Ok(TakenUp::Run((trainer, folder).into()));
    }
    // What is left to the circumstances has been settled where the run began.
    config.settle()?;
    // Before anything is written there.
    refuse_another(path, &config, &described(path)?)?;
    let (folder, checkpoint) = RunFolder::resume(path)?;
    crate::cli::note(&checkpoint_path(path), checkpoint.note.as_deref());
    refuse_another(path, &config, &checkpoint.config)?;
    let (done, asked) = (checkpoint.iteration(), config.iterations);
    if done >= asked {
        say(&format!("{}: nothing left to do, {done} of {asked} iterations are done\n", path.display()));
        return Ok(TakenUp::Done);
    }
    let mut trainer = Trainer::from_checkpoint(checkpoint).with_context(|| path.display().to_string())?;
    trainer.set_iterations(asked);
    Ok(TakenUp::Run((trainer, folder).into()))
}

fn refuse_another(path: &Path, asked: &RunConfig, found: &RunConfig) -> Result<(), FileError> {
    match asked.first_difference(found) {
        None => Ok(()),
        Some([asked, found]) => Err(FileError::new(
            path,
            format!("expected a run with {asked}, found one with {found}; choose another folder"),
        )),
    }
}
