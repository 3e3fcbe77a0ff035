//! A file that appears complete or not at all.

use super::{ExportError, Progress};
use crate::files::{self, FileError, reason};
use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

/// A file in the making, under another name beside the one asked for.
pub type Draft<'a> = BufWriter<&'a mut File>;

/// Lets `fill` write into a temporary file beside `path`, and gives it that name when it is complete and on the disk.
/// After an error or a cancel nothing is left, and what was at `path` is as it was.
///
/// # Errors
/// When the folder cannot be written to, the disk is full, or `fill` fails.
pub fn write(
    path: &Path,
    progress: &Progress,
    fill: impl FnOnce(&mut Draft<'_>) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    progress.check()?;
    files::write_with(path, |file| {
        let mut draft = BufWriter::new(file);
        fill(&mut draft)?;
        draft.into_inner().map_err(|error| refused(path, error.error()))?;
        progress.check()
    })
}

/// The sentence about a file that the system does not let us write.
pub fn refused(path: &Path, error: &std::io::Error) -> ExportError {
    FileError::new(path, format!("cannot be written: {}", reason(error))).into()
}

/// The sentence about contents that could not be encoded: the reason, without the system's number of it.
pub fn not_encoded(path: &Path, error: &dyn std::error::Error) -> ExportError {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or(&text);
    FileError::new(path, format!("cannot be written: {text}")).into()
}
