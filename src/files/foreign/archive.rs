//! A zip archive in memory. Its headers are not believed: a few kilobytes may announce gigabytes, or hold them. Nothing is
//! ever unpacked to a disk.

use crate::files::error::one_line;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// An archive of tensors has no more entries.
const MOST: usize = 20_000;

/// What stands before every entry of its list of contents.
const ENTRY: &[u8] = b"PK\x01\x02";

/// A zip archive in memory.
pub struct Archive(ZipArchive<Cursor<Vec<u8>>>);

impl Archive {
    /// The archive that these bytes are.
    ///
    /// # Errors
    /// When it is damaged or has too many entries.
    pub fn new(bytes: Vec<u8>) -> Result<Self, String> {
        // More entries than these cannot be found in it; numbers may read like a few.
        if bytes.windows(ENTRY.len()).filter(|bytes| *bytes == ENTRY).count() > 2 * MOST {
            return Err(format!("expected a zip archive of at most {MOST} entries, found more in it"));
        }
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            let reason = one_line(&error.to_string());
            format!("expected a whole zip archive, found one that is cut short or damaged ({reason})")
        })?;
        if archive.len() > MOST {
            return Err(format!("expected a zip archive of at most {MOST} entries, found {}", archive.len()));
        }
        Ok(Self(archive))
    }

    /// The names of its entries.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        (0..self.0.len()).filter_map(|index| match self.0.name_for_index(index) {
            Some(Ok(std::borrow::Cow::Borrowed(name))) => Some(name),
            _ => None,
        })
    }

    /// All bytes of an entry, which may have `most` of them.
    ///
    /// # Errors
    /// When there is no such entry, it is damaged, or has more.
    pub fn read(&mut self, name: &str, most: u64) -> Result<Vec<u8>, String> {
        let bytes = self.beginning(name, most.saturating_add(1))?;
        match bytes.len() as u64 > most {
            true => Err(format!("has an entry {} of more than {most} bytes", one_line(name))),
            false => Ok(bytes),
        }
    }

    /// The first `count` bytes of an entry; fewer where it ends.
    ///
    /// # Errors
    /// When there is no such entry, or it is damaged.
    pub fn beginning(&mut self, name: &str, count: u64) -> Result<Vec<u8>, String> {
        let damaged =
            |reason: String| format!("has an entry {} that cannot be read ({})", one_line(name), one_line(&reason));
        let entry = self.0.by_name(name).map_err(|error| damaged(error.to_string()))?;
        // Memory grows with what there is, and not with what is announced.
        let mut bytes = Vec::new();
        entry.take(count).read_to_end(&mut bytes).map_err(|error| damaged(error.to_string()))?;
        Ok(bytes)
    }
}
