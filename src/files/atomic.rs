//! Writing a file in one motion: all of it, or nothing.

use super::error::{FileError, reason};
use super::folder::Folder;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

/// Links behind one another that are followed, as many as the system does.
const MOST_LINKS: usize = 40;

/// Replaces `path` by `bytes` in one motion: temporary file beside it, sync, rename. A symbolic link stays one, and
/// what it leads to is replaced.
///
/// # Errors
/// When `path` is a folder or a device, the folder cannot be written to or the disk is full; the old file
/// is then as it was.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_with(path, |file| {
        file.write_all(bytes).map_err(|error| FileError::new(path, format!("cannot be written: {}", reason(&error))))
    })
}

/// Like [`write_atomically`], with what `fill` writes.
///
/// # Errors
/// As [`write_atomically`], and those of `fill`.
pub fn write_with<E: From<FileError>>(path: &Path, fill: impl FnOnce(&mut File) -> Result<(), E>) -> Result<(), E> {
    let target = behind_links(path)?;
    if let Ok(facts) = std::fs::metadata(&target)
        && !facts.is_file()
    {
        let found = super::guarded::kind_of(&facts);
        return Err(FileError::new(path, format!("cannot be written: expected a file, found {found}")).into());
    }
    let Some(name) = target.file_name() else {
        return Err(FileError::new(path, "cannot be written: expected the name of a file").into());
    };
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let refuse = |error: FileError| FileError::new(path, format!("cannot be written: its folder {}", error.problem));
    let folder = Folder::open(folder).map_err(refuse)?;
    folder.replace_with(Path::new(name), fill)
}

/// The file that a path of links leads to, there or not; any other path itself.
pub(crate) fn behind_links(path: &Path) -> Result<PathBuf, FileError> {
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        let Ok(next) = std::fs::read_link(&target) else { return Ok(target) };
        target = target.parent().unwrap_or(Path::new("")).join(next);
    }
    Err(FileError::new(path, "cannot be written: expected a file, found links that lead in a circle"))
}
