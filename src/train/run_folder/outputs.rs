//! What is made from a run keeps out of its way.

use super::{CHECKPOINT, CONFIG, FAILED, LOCK, METRICS, SEEDS, TAPE, is_run};
use crate::files::{FileError, behind_links, lock};
use std::path::Path;

/// The files of a run.
const OWN: [&str; 6] = [CHECKPOINT, TAPE, METRICS, CONFIG, LOCK, FAILED];

/// Says that a file made from something may be written at `path`.
///
/// # Errors
/// When that would replace a file of a run, or put one into a run that is being trained.
pub fn check_output(path: &Path) -> Result<(), FileError> {
    // Links are written through: what counts is where they lead.
    let target = behind_links(path)?;
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if target.file_name().is_some_and(|name| name.eq_ignore_ascii_case(SEEDS)) && target.exists() {
        return Err(FileError::new(path, "expected another file to write to, found the plan of several runs"));
    }
    if !is_run(folder) {
        return Ok(());
    }
    let is_own = target.file_name().is_some_and(|name| OWN.iter().any(|own| name.eq_ignore_ascii_case(own)));
    if is_own {
        return Err(FileError::new(path, "expected another file to write to, found one of a run"));
    }
    if lock::is_locked(folder, LOCK) {
        return Err(FileError::new(path, "expected another folder to write to, found that of a run being trained"));
    }
    Ok(())
}
