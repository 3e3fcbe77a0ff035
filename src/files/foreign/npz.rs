//! NPZ: a zip archive of one `.npy` per array, as `numpy.savez` and `numpy.savez_compressed` write it.
//!
//! Arrays of Python objects are pickles, which are never read: they are listed, and have no numbers.

use super::WRITTEN;
use super::archive::Archive;
use super::stored::{MOST_DIMENSIONS, Numbers, Place, Stored, strides};
use std::collections::BTreeMap;

/// What every `.npy` begins with.
const MAGIC: &[u8] = b"\x93NUMPY";

/// The longest header of a `.npy` that is read, in bytes: NumPy itself reads no longer ones.
const LONGEST: usize = 10_000;

/// The arrays of an archive by name.
///
/// # Errors
/// When there is none, or one is damaged.
pub(super) fn list(archive: &mut Archive) -> Result<BTreeMap<String, Stored>, String> {
    let entries: Vec<String> = archive.names().filter(|name| name.ends_with(".npy")).map(str::to_owned).collect();
    if entries.is_empty() {
        return Err(format!("expected {WRITTEN}, found a zip archive of something else"));
    }
    let mut tensors = BTreeMap::new();
    for entry in entries {
        let name = entry.trim_end_matches(".npy").to_owned();
        let beginning = archive.beginning(&entry, (12 + LONGEST) as u64)?;
        let stored = array(&entry, &beginning)
            .ok_or_else(|| format!("holds an array {name} that is damaged: its header is none of NumPy's"))?;
        tensors.insert(name, stored);
    }
    Ok(tensors)
}

/// What the header of a `.npy` says of the array; `None` where it is none.
fn array(entry: &str, bytes: &[u8]) -> Option<Stored> {
    let rest = bytes.strip_prefix(MAGIC)?;
    let (skip, length): (usize, usize) = match rest {
        [1, _, low, high, ..] => (10, usize::from(u16::from_le_bytes([*low, *high]))),
        [2 | 3, _, size @ ..] => (12, usize::try_from(u32::from_le_bytes(*size.first_chunk()?)).ok()?),
        _ => return None,
    };
    let header = std::str::from_utf8(bytes.get(skip..skip.checked_add(length)?)?).ok()?;
    let after = |key: &str| Some(header.split_once(key)?.1.trim_start().strip_prefix(':')?.trim_start());
    let shape = after("'shape'")?.strip_prefix('(')?.split_once(')')?.0;
    let sizes = shape.split(',').map(str::trim).filter(|size| !size.is_empty());
    let shape = sizes.map(|size| size.parse().ok()).collect::<Option<Vec<usize>>>()?;
    if shape.len() > MOST_DIMENSIONS {
        return None;
    }
    let by_column = after("'fortran_order'")?.starts_with("True");
    let kind = after("'descr'")?;
    // A list is that of an array of records.
    let kind = kind.strip_prefix('\'').and_then(|kind| kind.split_once('\'')).map_or("records", |(kind, _)| kind);
    let numbers = match kind.get(1..) {
        Some("f2") => Ok(Numbers::F16),
        Some("f4") => Ok(Numbers::F32),
        Some("f8") => Ok(Numbers::F64),
        _ => Err(kind.to_owned()),
    };
    let bytes = numbers.as_ref().map_or(0, |numbers| numbers.bytes());
    let count = shape.iter().try_fold(bytes, |count, size| count.checked_mul(*size))?;
    let place = Place::Entry { name: entry.to_owned(), skip: skip + length, most: count as u64 };
    let strides = strides(&shape, by_column);
    Some(Stored { shape, numbers, place, offset: 0, strides, is_big_endian: kind.starts_with('>') })
}
