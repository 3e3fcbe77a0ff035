//! The network being viewed, as a file that opens again.

use super::{ExportError, Progress, Still};
use crate::episode::tape_file;
use crate::files::{FileError, Precision};
use crate::train::Checkpoint;
use std::path::Path;

/// Writes the network as a checkpoint with the curve up to it; one that came as a tape is written as that tape.
///
/// What only going on with training needs stays with the run: the file is for looking and sharing.
///
/// # Errors
/// When it is cancelled, the curve does not reach to the network, or the file cannot be written.
pub fn write(still: &Still, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    progress.report(0, 1)?;
    let scene = &still.scene;
    let iteration = usize::try_from(scene.iteration).unwrap_or(usize::MAX);
    let what = match &scene.config {
        None => return write_tape(still, path, progress),
        // A tape has no curve.
        Some(_) if still.record.points.is_empty() && iteration > 0 => return write_tape(still, path, progress),
        Some(config) => {
            let Some(curve) = still.record.points.get(..iteration) else {
                let found = still.record.points.len();
                let problem = format!("cannot be written: expected a curve of {iteration} iterations, found {found}");
                return Err(FileError::new(path, problem).into());
            };
            let checkpoint = Checkpoint {
                config: config.clone(),
                network: scene.tape().network.clone(),
                parameters: (*scene.parameters).clone(),
                curve: curve.to_vec(),
                unrecorded: 0,
                validations: still
                    .record
                    .validations
                    .iter()
                    .copied()
                    .filter(|known| known.iteration <= scene.iteration)
                    .collect(),
                continuation: None,
                note: None,
            };
            checkpoint.write(path, Precision::Full)?;
            format!("the network after {iteration} iterations")
        }
    };
    progress.report(1, 1)?;
    Ok(what)
}

/// Writes the lifetime being viewed as a tape, with what was done to it.
///
/// # Errors
/// When it is cancelled or the file cannot be written.
pub fn write_tape(still: &Still, path: &Path, progress: &Progress) -> Result<String, ExportError> {
    progress.report(0, 1)?;
    let scene = &still.scene;
    tape_file::write(path, scene.tape(), &scene.parameters)?;
    progress.report(1, 1)?;
    Ok(format!("a tape of {} steps", scene.tape().steps))
}
