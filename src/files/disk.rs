//! What a file system is asked while something is saved. Each may be refused: tests stand in for one that does.

use cap_std::fs::{Dir, OpenOptions};
use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;

/// The steps of a save. What is written here is what a file system does that works.
pub trait Disk: Send + Sync {
    /// Makes a file called `name`, which must not be there yet.
    ///
    /// # Errors
    /// When it is there, or the folder cannot be written to or is gone.
    fn create(&self, folder: &Dir, name: &Path) -> io::Result<File> {
        folder.open_with(name, OpenOptions::new().write(true).create_new(true)).map(cap_std::fs::File::into_std)
    }

    /// Writes all of `bytes` where `file` stands.
    ///
    /// # Errors
    /// When the disk is full or fails; a part may have been written.
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }

    /// Waits until `file` is on the disk, where the file system can be asked for that.
    ///
    /// # Errors
    /// When the disk fails.
    fn sync(&self, file: &File) -> io::Result<()> {
        match file.sync_all() {
            Err(error) if cannot_be_asked(&error) => Ok(()),
            done => done,
        }
    }

    /// Gives the file `from` the name `to`, in place of what had it.
    ///
    /// # Errors
    /// When the folder cannot be written to.
    fn rename(&self, folder: &Dir, from: &Path, to: &Path) -> io::Result<()> {
        folder.rename(from, folder, to)
    }

    /// Waits until the names in `folder` are on the disk. Systems that cannot be asked for it keep them anyway.
    ///
    /// # Errors
    /// When the disk fails.
    fn sync_folder(&self, folder: &Dir) -> io::Result<()> {
        match folder.try_clone()?.into_std_file().sync_all() {
            Err(error) if cannot_be_asked(&error) => Ok(()),
            done => done,
        }
    }

    /// Locks `file` for this process alone, without waiting.
    ///
    /// # Errors
    /// When another process has it, or the file system knows no locks.
    fn lock(&self, file: &File) -> Result<(), TryLockError> {
        file.try_lock()
    }
}

/// The file system that there is.
#[derive(Debug)]
pub struct ThisDisk;

impl Disk for ThisDisk {}

/// Whether an error means that such a thing is not done here, and not that it failed.
fn cannot_be_asked(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, IsADirectory, PermissionDenied, Unsupported};
    matches!(error.kind(), InvalidInput | IsADirectory | PermissionDenied | Unsupported)
}
