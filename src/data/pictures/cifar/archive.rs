//! The files in a `.tar` or `.tar.gz`, one after the other, without believing what its headers say of their size.
//!
//! Names longer than 100 letters come in blocks of their own before the file (GNU's long names, PAX records), whose
//! headers may announce any size. They are read here, up to a bound, and not by the library, which reads them whole.

use crate::data::DataError;
use crate::files::{Guarded, reason};
use flate2::read::MultiGzDecoder;
use std::io::{BufRead as _, BufReader, Error, ErrorKind, Read, Result};
use std::path::Path;
use tar::{EntryType, PaxExtensions};

/// More bytes than this are not unpacked: the data set has 184 million, and an archive may hold far more than it weighs.
const MOST_UNPACKED: u64 = 1 << 30;

/// Longer names and records are refused, in bytes.
const MOST_NAME: u64 = 1 << 20;

/// What the first two bytes of a gzip file are.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A file in an archive.
pub(super) struct Member<'a> {
    /// Its name, without the folders that lead to it.
    pub(super) name: String,
    /// Bytes that its header announces.
    pub(super) length: u64,
    /// What is in it.
    pub(super) bytes: &'a mut dyn Read,
}

/// Gives every regular file in the archive at `path` to `each`, until it refuses one.
///
/// # Errors
/// When the archive cannot be read, is damaged or cut short, or unpacks to too much; or what `each` refuses.
pub(super) fn members(
    path: &Path,
    mut each: impl FnMut(Member<'_>) -> std::result::Result<(), DataError>,
) -> std::result::Result<(), DataError> {
    let refuse = |error: &Error| DataError::new(path, words(error));
    let file = Guarded::open(path, "an archive of CIFAR-10", MOST_UNPACKED)
        .map_err(|error| DataError::new(path, error.problem))?;
    let mut file = BufReader::new(file.into_reader());
    let is_packed = file.fill_buf().map_err(|error| refuse(&error))?.starts_with(&GZIP);
    let unpacked: Box<dyn Read> = if is_packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    let mut archive = tar::Archive::new(Bounded { inner: unpacked, left: MOST_UNPACKED });
    let mut long_name = None;
    for entry in archive.entries().map_err(|error| refuse(&error))?.raw(true) {
        let mut entry = entry.map_err(|error| refuse(&error))?;
        let kind = entry.header().entry_type();
        if is_about_the_next(kind) {
            let text = long(&mut entry).map_err(|error| refuse(&error))?;
            match kind {
                EntryType::GNULongName => long_name = Some(text),
                EntryType::XHeader => long_name = path_in(&text).or(long_name),
                _ => {}
            }
            continue;
        }
        let inside = long_name.take().unwrap_or_else(|| entry.path_bytes().into_owned());
        if kind.is_file() {
            let name = String::from_utf8_lossy(&inside);
            let name = name.rsplit('/').next().unwrap_or_default().to_owned();
            let length = entry.size();
            each(Member { name, length, bytes: &mut entry })?;
        }
    }
    Ok(())
}

/// Why an archive cannot be read, in a few words.
pub(super) fn words(error: &Error) -> String {
    // The library puts the reader's own reason into another error.
    let cause = error.get_ref().and_then(std::error::Error::source).and_then(|source| source.downcast_ref::<Error>());
    if [Some(error), cause].into_iter().flatten().any(|error| error.kind() == ErrorKind::UnexpectedEof) {
        return "expected a whole archive, found one that is cut short".into();
    }
    format!("expected a .tar.gz of CIFAR-10, found {}", reason(error))
}

/// Whether a block says something of the file that follows.
fn is_about_the_next(kind: EntryType) -> bool {
    matches!(kind, EntryType::GNULongName | EntryType::GNULongLink | EntryType::XHeader | EntryType::XGlobalHeader)
}

/// The whole of such a block, without the zeros at its end.
fn long(entry: &mut tar::Entry<'_, impl Read>) -> Result<Vec<u8>> {
    if entry.size() > MOST_NAME {
        return Err(Error::other(format!("a name of {} bytes", entry.size())));
    }
    let mut text = Vec::new();
    entry.read_to_end(&mut text)?;
    let end = text.iter().rposition(|&byte| byte != 0).map_or(0, |last| last + 1);
    text.truncate(end);
    Ok(text)
}

/// The path among PAX records.
fn path_in(records: &[u8]) -> Option<Vec<u8>> {
    let mut records = PaxExtensions::new(records).map_while(Result::ok);
    records.find(|record| record.key_bytes() == b"path").map(|record| record.value_bytes().to_vec())
}

/// A reader that ends with an error where it would give more than is left.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, bytes: &mut [u8]) -> Result<usize> {
        if self.left == 0 && !bytes.is_empty() {
            return Err(Error::other(format!("more than {MOST_UNPACKED} bytes in it")));
        }
        let most = usize::try_from(self.left).map_or(bytes.len(), |left| left.min(bytes.len()));
        let read = self.inner.read(&mut bytes[..most])?;
        self.left -= read as u64;
        Ok(read)
    }
}
