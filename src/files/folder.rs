//! A folder that is held open: what is written into it lands there, whatever becomes of its path.

use super::disk::{Disk, ThisDisk};
use super::error::{FileError, reason};
use cap_std::fs::{Dir, OpenOptions};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How the names of files in the making begin and end.
const DRAFT: [&str; 2] = [".hebbscope-", ".tmp"];

/// Names that are tried for a file in the making.
const MOST_NAMES: usize = 1000;

/// A folder that is open.
pub struct Folder {
    path: PathBuf,
    dir: Dir,
    disk: Arc<dyn Disk>,
}

impl Folder {
    /// Opens the folder at `path`.
    ///
    /// # Errors
    /// When there is none or it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        Self::open_on(path, Arc::new(ThisDisk))
    }

    /// Like [`Self::open`], on a file system that is spoken to through `disk`.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_on(path: &Path, disk: Arc<dyn Disk>) -> Result<Self, FileError> {
        let dir = open_dir(path)
            .map_err(|error| FileError::new(path, format!("cannot be opened as a folder: {}", reason(&error))))?;
        Ok(Self { path: path.to_owned(), dir, disk })
    }

    /// Where it was opened.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of the file `name` in it, for messages.
    pub fn path_of(&self, name: impl AsRef<Path>) -> PathBuf {
        self.path.join(name)
    }

    /// Where it is by now, if it has been moved and the system tells; `None` while it is where it was opened.
    pub fn moved_to(&self) -> Option<PathBuf> {
        if self.is_at_its_path() { None } else { now_at(&self.dir) }
    }

    /// Whether its path still leads to it, as far as the system tells.
    pub fn is_at_its_path(&self) -> bool {
        std::fs::metadata(&self.path).is_ok_and(|facts| self.identity().is_none_or(|own| own == identity(&facts)))
    }

    /// What tells it from every other folder, where the system says so.
    fn identity(&self) -> Option<Identity> {
        let folder = self.dir.try_clone().ok()?.into_std_file();
        Some(identity(&folder.metadata().ok()?))
    }

    pub(super) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    pub(super) fn dir(&self) -> &Dir {
        &self.dir
    }

    /// Replaces the file `name` by `bytes` in one motion: a file beside it, synced, renamed, and the folder synced. A
    /// file that was there hands on its permissions.
    ///
    /// # Errors
    /// When the folder is gone or cannot be written to, `name` is something that is not a file, or the disk is full; what
    /// was there is then as it was. When the folder alone cannot be synced, the file is replaced, and may not be after a
    /// power cut.
    pub fn replace(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<(), FileError> {
        let path = self.path_of(&name);
        self.replace_with(name.as_ref(), |file| self.disk.write(file, bytes).map_err(|error| unwritable(&path, &error)))
    }

    /// Like [`Self::replace`], with what `fill` writes.
    ///
    /// # Errors
    /// As [`Self::replace`], and those of `fill`.
    pub fn replace_with<E: From<FileError>>(
        &self,
        name: &Path,
        fill: impl FnOnce(&mut File) -> Result<(), E>,
    ) -> Result<(), E> {
        let path = self.path_of(name);
        let refuse = |error: io::Error| E::from(unwritable(&path, &error));
        let before = self.dir.metadata(name).ok();
        // To rename over a device would replace it.
        if before.as_ref().is_some_and(|facts| !facts.is_file()) {
            let problem = "cannot be written: expected a file, found something that is not a file";
            return Err(FileError::new(&path, problem).into());
        }
        let (mut file, draft) = self.draft().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => FileError::new(&path, "cannot be written: its folder is gone").into(),
            _ => refuse(error),
        })?;
        let filled = fill(&mut file).and_then(|()| {
            if let Some(facts) = before {
                // What keeps no permissions is written all the same.
                let _kept = self.dir.set_permissions(&draft, facts.permissions());
            }
            self.disk.sync(&file).map_err(refuse)?;
            drop(file);
            self.disk.rename(&self.dir, &draft, name).map_err(refuse)
        });
        if filled.is_err() {
            // The disk that has refused may refuse this as well; whoever holds the folder next sweeps it.
            let _removed = self.dir.remove_file(&draft);
        }
        filled?;
        self.disk.sync_folder(&self.dir).map_err(refuse)
    }

    /// Bytes of the file `name`; `None` where there is no such file.
    pub fn length(&self, name: impl AsRef<Path>) -> Option<u64> {
        self.dir.metadata(name).ok().filter(cap_std::fs::Metadata::is_file).map(|facts| facts.len())
    }

    /// Appends `bytes` to the file `name`, which must be there: all of them, or nothing. Answers how long it is now.
    ///
    /// # Errors
    /// When it is gone or no file, or the disk is full.
    pub fn append(&self, name: impl AsRef<Path>, bytes: &[u8]) -> Result<u64, FileError> {
        let path = self.path_of(&name);
        let append = || -> io::Result<u64> {
            let mut options = OpenOptions::new();
            options.append(true);
            #[cfg(unix)]
            cap_std::fs::OpenOptionsExt::custom_flags(&mut options, super::NO_WAITING);
            let mut file = self.dir.open_with(&name, &options)?.into_std();
            let length = file.metadata()?.len();
            self.disk.write(&mut file, bytes).or_else(|error| {
                // The next attempt writes the same again; half of it must not stand before that.
                file.set_len(length)?;
                Err(error)
            })?;
            Ok(length + bytes.len() as u64)
        };
        append().map_err(|error| unwritable(&path, &error))
    }

    /// A new file under a name that nobody has.
    fn draft(&self) -> io::Result<(File, PathBuf)> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let mut taken = None;
        for _ in 0..MOST_NAMES {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let name = PathBuf::from(format!("{}{}-{number}{}", DRAFT[0], std::process::id(), DRAFT[1]));
            match self.disk.create(&self.dir, &name) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = Some(error),
                made => return made.map(|file| (file, name)),
            }
        }
        Err(taken.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
    }

    /// Makes the folder `name` in it, unless it is there.
    ///
    /// # Errors
    /// When the folder is gone or cannot be written to, or `name` is something else.
    pub fn make_folder(&self, name: &str) -> Result<(), FileError> {
        match self.dir.create_dir(name) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && self.dir.is_dir(name) => Ok(()),
            made => made.map_err(|error| unwritable(&self.path_of(name), &error)),
        }
    }

    /// The names of the files in the folder `name` of it; none where there is no such folder.
    pub fn names_in(&self, name: &str) -> Vec<PathBuf> {
        self.dir
            .read_dir(name)
            .into_iter()
            .flatten()
            .flatten()
            .map(|entry| Path::new(name).join(entry.file_name()))
            .collect()
    }

    /// Removes the file `name`.
    ///
    /// # Errors
    /// When there is none, or the folder cannot be written to.
    pub fn remove(&self, name: impl AsRef<Path>) -> Result<(), FileError> {
        self.dir.remove_file(&name).map_err(|error| unwritable(&self.path_of(&name), &error))
    }

    /// Waits until the names in it are on the disk.
    ///
    /// # Errors
    /// When the disk fails.
    pub fn sync(&self) -> Result<(), FileError> {
        self.disk.sync_folder(&self.dir).map_err(|error| unwritable(&self.path, &error))
    }

    /// Removes what writers that were killed have left half made. Only for whoever has the folder to himself.
    pub fn sweep(&self) {
        let names = self.dir.entries().into_iter().flatten().flatten().map(|entry| entry.file_name());
        let is_draft = |name: &str| name.starts_with(DRAFT[0]) && name.ends_with(DRAFT[1]);
        for name in names.filter(|name| name.to_str().is_some_and(is_draft)) {
            // What cannot be removed does no harm.
            let _removed = self.dir.remove_file(name);
        }
    }
}

/// The folder, open for reading: a handle that only names it can be neither locked nor synced.
#[cfg(unix)]
fn open_dir(path: &Path) -> io::Result<Dir> {
    let flags = rustix::fs::OFlags::DIRECTORY.bits() as i32;
    let mut options = File::options();
    std::os::unix::fs::OpenOptionsExt::custom_flags(options.read(true), flags);
    options.open(path).map(Dir::from_std_file)
}

#[cfg(not(unix))]
fn open_dir(path: &Path) -> io::Result<Dir> {
    Dir::open_ambient_dir(path, cap_std::ambient_authority())
}

/// The sentence about a file that could not be written.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> FileError {
    FileError::new(path, format!("cannot be written: {}", reason(error)))
}

/// Device and number of a file; on other systems nothing, which equals itself.
type Identity = Option<[u64; 2]>;

/// What tells a file from every other one.
pub(super) fn identity(facts: &std::fs::Metadata) -> Identity {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        Some([facts.dev(), facts.ino()])
    }
    #[cfg(not(unix))]
    {
        let _ = facts;
        None
    }
}

#[cfg(target_os = "linux")]
fn now_at(dir: &Dir) -> Option<PathBuf> {
    use std::os::fd::AsRawFd as _;
    let path = std::fs::read_link(format!("/proc/self/fd/{}", dir.as_raw_fd())).ok()?;
    path.is_dir().then_some(path)
}

#[cfg(not(target_os = "linux"))]
fn now_at(_dir: &Dir) -> Option<PathBuf> {
    None
}
