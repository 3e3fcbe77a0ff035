//! A file that appears complete or not at all.

use super::{ExportError, Progress};
use crate::files::{FileError, reason};
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
    if path.is_dir() {
        return Err(FileError::new(path, "cannot be written: expected the name of a file, found a folder").into());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    // A temporary file is its owner's alone; an export is a file like others.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let named = builder.prefix(".export-").suffix(".tmp").tempfile_in(folder);
    let mut named = named.map_err(|error| refused(path, &error))?;
    let mut draft = BufWriter::new(named.as_file_mut());
    fill(&mut draft)?;
    let file = draft.into_inner().map_err(|error| refused(path, error.error()))?;
    file.sync_all().map_err(|error| refused(path, &error))?;
    progress.check()?;
    named.persist(path).map_err(|error| refused(path, &error.error))?;
    Ok(())
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
