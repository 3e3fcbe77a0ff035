//! A folder that one process at a time writes to.
//!
//! The folder itself is locked where the system can do that, and a file in it where it cannot: who removes that file
//! lets nobody in. On a file system that knows no locks there is a warning instead.

use super::error::{FileError, reason};
use super::folder::{Folder, identity, unwritable};
use super::{NO_WAITING, guarded};
use cap_std::fs::{OpenOptions, OpenOptionsExt as _};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

/// The lock of a folder; dropping it lets others in.
pub struct Lock {
    name: PathBuf,
    /// The folder, open a second time.
    folder: File,
    file: File,
    /// Whether the lock of the folder itself is held.
    holds_folder: bool,
    warning: Option<String>,
}

impl Lock {
    /// Takes the lock of `folder`, whose file is called `name`.
    ///
    /// # Errors
    /// When another process has it, or the folder cannot be written to.
    pub fn take(folder: &Folder, name: impl AsRef<Path>) -> Result<Self, FileError> {
        let io = |error: std::io::Error| unwritable(folder.path(), &error);
        let own = folder.dir().try_clone().map_err(io)?.into_std_file();
        let holds_folder = match folder.disk().lock(&own) {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => return Err(in_use(folder)),
            // Not every system locks folders; the file is left.
            Err(TryLockError::Error(_)) => false,
        };
        let name = name.as_ref().to_owned();
        let (file, warning) = lock_file(folder, &name)?;
        Ok(Self { name, folder: own, file, holds_folder, warning })
    }

    /// What is worth knowing about this lock: that there is none.
    pub fn warning(&self) -> Option<&str> {
        self.warning.as_deref()
    }

    /// Says that the folder is still this process's alone. A lock file that somebody has removed is made anew.
    ///
    /// # Errors
    /// When another process has taken it, or the folder is gone.
    pub fn check(&mut self, folder: &Folder) -> Result<(), FileError> {
        let io = |error: std::io::Error| unwritable(folder.path(), &error);
        let own = identity(&self.file.metadata().map_err(io)?);
        let there = open_there(folder, &self.name).and_then(|file| file.metadata());
        if there.is_ok_and(|facts| identity(&facts) == own) {
            return Ok(());
        }
        match lock_file(folder, &self.name) {
            Ok((file, warning)) => {
                (self.file, self.warning) = (file, warning);
                Ok(())
            }
            // Nobody else can be in a folder that is locked itself.
            Err(_) if self.holds_folder && folder.dir().exists(".") => Ok(()),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Closing would do, were it not for a process forked at this moment: it shares the open file until
        // it becomes another program. The system releases what cannot be unlocked here.
        let _unlocked = (self.file.unlock(), self.folder.unlock());
    }
}

/// Whether a process, be it this one, has the lock of the folder at `path`, whose file is called `name`.
pub fn is_locked(path: &Path, name: &str) -> bool {
    let would_block = |file: File| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    let file = guarded::Guarded::open(&path.join(name), "a lock", u64::MAX).map(guarded::Guarded::into_file);
    let folder = || Folder::open(path).ok()?.dir().try_clone().ok().map(cap_std::fs::Dir::into_std_file);
    file.is_ok_and(would_block) || folder().is_some_and(would_block)
}

/// The file `name` for reading, without waiting for anybody: a pipe may stand where the lock was.
fn open_there(folder: &Folder, name: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    options.custom_flags(NO_WAITING);
    folder.dir().open_with(name, &options).map(cap_std::fs::File::into_std)
}

/// The lock file, locked; or not locked, with a warning, where there are no locks.
fn lock_file(folder: &Folder, name: &Path) -> Result<(File, Option<String>), FileError> {
    let path = folder.path_of(name);
    let io = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => FileError::new(folder.path(), "cannot be written: the folder is gone"),
        _ => unwritable(folder.path(), &error),
    };
    let mut options = OpenOptions::new();
    // For reading too: a pipe that is opened for writing alone waits for a reader, or is refused without a reason.
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    options.custom_flags(NO_WAITING);
    let file = folder.dir().open_with(name, &options).map_err(io)?.into_std();
    let facts = file.metadata().map_err(io)?;
    if !facts.is_file() {
        return Err(FileError::new(&path, format!("expected a lock, found {}", guarded::kind_of(&facts))));
    }
    match folder.disk().lock(&file) {
        Ok(()) => Ok((file, None)),
        Err(TryLockError::WouldBlock) => Err(in_use(folder)),
        Err(TryLockError::Error(error)) => {
            let warning = format!(
                "{} cannot be locked on this file system ({}): see to it that no other program trains in this folder",
                folder.path().display(),
                reason(&error)
            );
            Ok((file, Some(warning)))
        }
    }
}

fn in_use(folder: &Folder) -> FileError {
    FileError::new(folder.path(), "expected a free run folder, found one that another process is writing to")
}
