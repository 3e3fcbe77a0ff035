//! The one way in which a file is opened to be read: a regular file, no larger than expected.
//!
//! A path that somebody hands over may be anything. To open a pipe waits for whoever writes to it, a device never
//! ends, a sparse file says more than the memory holds. All of them are refused in one sentence before a byte is
//! read.

use super::error::{FileError, reason};
use std::fs::File;
use std::io::{Read, Take};
use std::path::{Path, PathBuf};

/// A regular file that is open for reading, with its size.
#[derive(Debug)]
pub struct Guarded {
    path: PathBuf,
    file: File,
    length: u64,
    most: u64,
}

impl Guarded {
    /// Opens `path`, which should be `expected` ("a picture") of at most `most` bytes. Never waits.
    ///
    /// # Errors
    /// When it cannot be opened, is no regular file (links are followed), or is larger.
    pub fn open(path: &Path, expected: &str, most: u64) -> Result<Self, FileError> {
        let io = |error: std::io::Error| FileError::new(path, format!("cannot be read: {}", reason(&error)));
        let file = open_without_waiting(path).map_err(io)?;
        // Asked of what has been opened: the path may be something else by now.
        let facts = file.metadata().map_err(io)?;
        if !facts.is_file() {
            let found = kind_of(&facts);
            return Err(FileError::new(path, format!("expected {expected}, found {found}")));
        }
        let length = facts.len();
        if length > most {
            return Err(FileError::new(path, format!("expected {expected} of at most {most} bytes, found {length}")));
        }
        Ok(Self { path: path.to_owned(), file, length, most })
    }

    /// Bytes of the file when it was opened.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The open file, for readers that seek.
    pub fn into_file(self) -> File {
        self.file
    }

    /// The file from where it stands, cut off where it would be larger than expected: it may grow while it is read.
    pub fn into_reader(self) -> Take<File> {
        self.file.take(self.most)
    }

    /// The next `count` bytes; fewer where the file ends.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn beginning(&mut self, count: u64) -> Result<Vec<u8>, FileError> {
        let mut bytes = Vec::new();
        let read = Read::by_ref(&mut self.file).take(count).read_to_end(&mut bytes);
        read.map_err(|error| self.unreadable(&error))?;
        Ok(bytes)
    }

    /// What follows of it, behind `bytes`.
    ///
    /// # Errors
    /// When it cannot be read, has grown beyond what was expected, or does not fit in memory.
    pub fn read_behind(mut self, mut bytes: Vec<u8>) -> Result<Vec<u8>, FileError> {
        let left = usize::try_from(self.length).unwrap_or(usize::MAX).saturating_sub(bytes.len());
        if bytes.try_reserve_exact(left).is_err() {
            let problem = format!("cannot be read: its {} bytes do not fit in memory", self.length);
            return Err(FileError::new(&self.path, problem));
        }
        let room = self.most.saturating_add(1).saturating_sub(bytes.len() as u64);
        let read = Read::by_ref(&mut self.file).take(room).read_to_end(&mut bytes);
        read.map_err(|error| self.unreadable(&error))?;
        if bytes.len() as u64 > self.most {
            let problem = format!("expected at most {} bytes, found more", self.most);
            return Err(FileError::new(&self.path, problem));
        }
        Ok(bytes)
    }

    fn unreadable(&self, error: &std::io::Error) -> FileError {
        FileError::new(&self.path, format!("cannot be read: {}", reason(error)))
    }
}

/// All bytes of `path`, which should be `expected` of at most `most` bytes.
///
/// # Errors
/// As [`Guarded::open`] and [`Guarded::read_behind`].
pub fn read(path: &Path, expected: &str, most: u64) -> Result<Vec<u8>, FileError> {
    Guarded::open(path, expected, most)?.read_behind(Vec::new())
}

/// The text of `path`, which should be `expected` of at most `most` bytes; a byte order mark is left out.
///
/// # Errors
/// As [`read`], and when it is not UTF-8.
pub fn read_text(path: &Path, expected: &str, most: u64) -> Result<String, FileError> {
    let text = String::from_utf8(read(path, expected, most)?).map_err(|error| {
        let line =
            1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|&&byte| byte == b'\n').count();
        FileError::new(path, format!("expected {expected}, found bytes in line {line} that are no UTF-8"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned))
}

/// What something is that is not a regular file, as the end of a sentence.
pub fn kind_of(facts: &std::fs::Metadata) -> &'static str {
    if facts.is_dir() {
        return "a folder";
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt as _;
        let kind = facts.file_type();
        if kind.is_fifo() {
            return "a pipe";
        }
        if kind.is_socket() {
            return "a socket";
        }
        if kind.is_char_device() || kind.is_block_device() {
            return "a device";
        }
    }
    if facts.is_file() { "a file" } else { "something that is not a file" }
}

/// Opens for reading without waiting for anybody: a pipe without a writer is open at once.
fn open_without_waiting(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, super::NO_WAITING);
    options.open(path)
}
