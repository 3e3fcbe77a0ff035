//! Writing a file in one motion: all of it, or nothing.

use super::error::{FileError, reason};
use std::io::Write as _;
use std::path::Path;

/// Replaces `path` by `bytes` in one motion: temporary file beside it, sync, rename.
///
/// # Errors
/// When `path` is a folder or a device, the folder cannot be written to or the disk is full; the old file
/// is then as it was.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    // To rename over a device would replace it.
    if std::fs::metadata(path).is_ok_and(|facts| !facts.is_file()) {
        return Err(FileError::new(path, "cannot be written: expected a file, found something that is not a file"));
    }
    let attempt = || -> std::io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut builder = tempfile::Builder::new();
        builder.prefix(".hebbscope-").suffix(".tmp");
        // Temporary files are private; this one becomes a file like any other.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    attempt().map_err(|error| FileError::new(path, format!("cannot be written: {}", reason(&error))))
}
