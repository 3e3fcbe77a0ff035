//! The drawings in a zip archive, without believing what its headers say. Nothing is ever unpacked to a disk.
//!
//! The archive is read into memory whole, and each drawing is unpacked by itself, up to a bound: a few kilobytes may
//! announce gigabytes, or hold them. What an archive says a hundred thousand times is counted before it is listened to.

use super::{LAYOUT, MOST, class};
use crate::data::DataError;
use crate::data::characters::drawing::drawing;
use crate::data::characters::gather::Looked;
use crate::data::pictures::decode::{self, Decoded, Refusal};
use crate::files::{one_line, read as read_file};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// A larger archive is something else, in bytes: the published ones have 9 and 6 million.
const MOST_BYTES: u64 = 32 << 20;

/// A larger file in it is no drawing, in bytes: the published ones have some 500.
const MOST_UNPACKED: u64 = 1 << 20;

/// The longest side of a drawing in it, in pixels: the published ones have 105.
const LONGEST: u32 = 512;

/// What an archive begins with.
const BEGINNING: &[u8] = b"PK";

/// What stands before every entry of its list of contents.
const ENTRY: &[u8] = b"PK\x01\x02";

/// All drawings in the archive at `path`, in the order of their names.
///
/// # Errors
/// When it cannot be read, is no whole zip archive, or is one of something else.
pub(super) fn read(path: &Path) -> Result<Vec<Looked>, DataError> {
    let refuse = |problem: String| DataError::new(path, problem);
    let bytes = read_file(path, "a zip archive of Omniglot", MOST_BYTES);
    let bytes = bytes.map_err(|error| refuse(error.problem))?;
    if !bytes.starts_with(BEGINNING) {
        return Err(refuse("expected a zip archive of Omniglot, found a file that is none".into()));
    }
    // More entries than these cannot be found in it.
    if bytes.windows(ENTRY.len()).filter(|bytes| *bytes == ENTRY).count() > 2 * MOST {
        return Err(refuse(format!("expected an archive of at most {MOST} drawings, found more in it")));
    }
    let archive = ZipArchive::new(Cursor::new(&bytes[..])).map_err(|error| {
        let reason = one_line(&error.to_string());
        refuse(format!("expected a whole zip archive, found one that is cut short or damaged ({reason})"))
    })?;
    let mut drawings = BTreeMap::<(String, String), (usize, PathBuf)>::new();
    for index in 0..archive.len() {
        let Some(Ok(name)) = archive.name_for_index(index) else { continue };
        let parts: Vec<&str> = name.split(['/', '\\']).collect();
        if let Some(class) = class(&parts) {
            let file = parts[parts.len() - 1].to_owned();
            drawings.entry((class, file)).or_insert_with(|| (index, parts.iter().collect()));
        }
    }
    if drawings.is_empty() {
        return Err(refuse(format!("expected {LAYOUT}, found none among {} entries", archive.len())));
    }
    if drawings.len() > MOST {
        return Err(refuse(format!("expected at most {MOST} drawings, found {}", drawings.len())));
    }
    let drawings: Vec<_> = drawings.into_iter().collect();
    let looked = drawings.into_par_iter().map_init(
        || archive.clone(),
        |archive, ((class, _), (index, path))| Looked { class, path, drawing: one(archive, index) },
    );
    Ok(looked.collect())
}

/// One drawing.
fn one(archive: &mut ZipArchive<Cursor<&[u8]>>, index: usize) -> Result<Decoded, Refusal> {
    let too_large = || Refusal::Undecoded(format!("expected a drawing of at most {MOST_UNPACKED} bytes, found more"));
    let file = archive.by_index(index).map_err(|error| Refusal::Unread(error.to_string()))?;
    if file.size() > MOST_UNPACKED {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    let read = file.take(MOST_UNPACKED + 1).read_to_end(&mut bytes);
    read.map_err(|error| Refusal::Unread(error.to_string()))?;
    if bytes.len() as u64 > MOST_UNPACKED {
        return Err(too_large());
    }
    decode::square_of_bytes(&bytes, LONGEST, |square| drawing(&square))
}
