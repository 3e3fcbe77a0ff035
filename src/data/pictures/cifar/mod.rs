//! CIFAR-10 in its official binary layout (Krizhevsky 2009).
//!
//! Batches are files of records without a header: one byte of label (0 to 9) and 3072 bytes of pixels, 1024 red,
//! 1024 green, 1024 blue, each 32 rows of 32. Training pictures are in `data_batch_*.bin`, test pictures in
//! `test_batch.bin`; the archive holds them in a folder `cifar-10-batches-bin`.
//!
//! | file | subject |
//! |---|---|
//! | `place` | where it is, as browsers and unpackers leave it |
//! | `archive` | the files in a `.tar.gz`, whatever its headers say |

mod archive;
mod place;

pub use place::{Layout, other_version};

use super::Split;
use super::grey::{luminance, resampled};
use crate::data::DataError;
use crate::files::{Guarded, reason};
use archive::Member;
use image::GrayImage;
use place::{BATCHES, Batch};
use std::collections::BTreeMap;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

/// Pixels along each side.
const SIDE: usize = 32;

/// Pixels of a picture.
const PIXELS: usize = SIDE * SIDE;

/// Bytes of a record.
const RECORD: usize = 1 + 3 * PIXELS;

/// The largest label.
const LAST_LABEL: u8 = 9;

/// More pictures than this are refused: an archive may unpack to far more than it weighs.
const MOST: usize = 1_000_000;

/// One half of the data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Half {
    /// Grey pictures, `side`² bytes each, in the order of the batches' names.
    pub pixels: Vec<u8>,
    /// How many pictures are in each batch.
    pub files: BTreeMap<String, u64>,
    /// The training batches that are not there; none where the test batch was read.
    pub missing: Vec<u32>,
}

impl Half {
    /// "; 1 of 5 batches, without 2, 3, 4 and 5"; empty where all are there.
    pub fn remark(&self) -> String {
        let numbers: Vec<String> = self.missing.iter().map(u32::to_string).collect();
        let Some((last, others)) = numbers.split_last() else { return String::new() };
        let present = BATCHES as usize - numbers.len();
        let others = if others.is_empty() { String::new() } else { format!("{} and ", others.join(", ")) };
        format!("; {present} of {BATCHES} batches, without {others}{last}")
    }
}

impl Layout {
    /// Reads one half of the data set as grey pictures, `side`² bytes each.
    ///
    /// # Errors
    /// When a batch is missing, cannot be read, is cut short, or has a label that CIFAR-10 does not have.
    pub fn read(&self, split: Split, side: usize) -> Result<Half, DataError> {
        // By name, as the pictures have always been ordered.
        let (mut batches, mut other) = (BTreeMap::<String, (Option<Batch>, Vec<u8>)>::new(), None);
        let mut room = MOST;
        let mut take = |place: &Path, member: Member<'_>| -> Result<(), DataError> {
            let batch = Batch::of(&member.name);
            other = other.take().or_else(|| place::version_of(&member.name));
            let belongs = match split {
                Split::Training => matches!(batch, Some(Batch::Training(_))),
                Split::Test => batch == Some(Batch::Test),
            };
            if belongs && batches.values().all(|(known, _)| *known != batch) {
                let pixels = read_batch(place, &member.name, member.length, BufReader::new(member.bytes), side, room)?;
                room -= pixels.len() / (side * side);
                batches.insert(member.name, (batch, pixels));
            }
            Ok(())
        };
        match self {
            Self::Folder(folder) => {
                let names = place::names_in(folder).map_err(|error| DataError::unreadable(folder, &error))?;
                for name in names.into_iter().filter(|name| Batch::of(name).is_some()) {
                    let path = folder.join(&name);
                    let most = (MOST * RECORD) as u64;
                    let file = Guarded::open(&path, "a batch of CIFAR-10", most);
                    let file = file.map_err(|error| DataError::new(&path, error.problem))?;
                    let length = file.length();
                    take(folder, Member { name, length, bytes: &mut file.into_reader() })?;
                }
            }
            Self::Archive(path) => archive::members(path, |member| take(path, member))?,
        }
        if batches.is_empty() {
            let problem = match other {
                Some((version, name)) => place::wrong_version(version, &name),
                None => {
                    let name = if split == Split::Test { "test_batch.bin" } else { "data_batch_1.bin" };
                    format!("expected CIFAR-10 with {name}, found none")
                }
            };
            return Err(DataError::new(self.path(), problem));
        }
        let is_missing = |number: &u32| !batches.values().any(|(batch, _)| *batch == Some(Batch::Training(*number)));
        let missing = if split == Split::Training { (1..=BATCHES).filter(is_missing).collect() } else { Vec::new() };
        let count = |pixels: &[u8]| (pixels.len() / (side * side)) as u64;
        let files = batches.iter().map(|(name, (_, pixels))| (name.clone(), count(pixels))).collect();
        Ok(Half { missing, files, pixels: batches.into_values().flat_map(|(_, pixels)| pixels).collect() })
    }
}

/// The grey pictures of one batch of `length` bytes, `room` at most; an error names `name` in `place`.
fn read_batch(
    place: &Path,
    name: &str,
    length: u64,
    mut file: impl Read,
    side: usize,
    room: usize,
) -> Result<Vec<u8>, DataError> {
    let refuse = |problem: String| DataError::new(&place.join(name), problem);
    let (mut pixels, mut record) = (Vec::new(), Vec::with_capacity(RECORD));
    for number in 1..=room + 1 {
        record.clear();
        let read = file.by_ref().take(RECORD as u64).read_to_end(&mut record);
        read.map_err(|error| match error.kind() {
            ErrorKind::UnexpectedEof => refuse(format!("is cut short: the archive ends in record {number}")),
            _ => refuse(format!("cannot be read at record {number}: {}", reason(&error))),
        })?;
        match record.len() {
            0 if number == 1 => return Err(refuse("expected records of CIFAR-10, found an empty file".into())),
            0 => {
                // An archive that ends early, just behind a record.
                let found = (number as u64 - 1) * RECORD as u64;
                if found < length {
                    return Err(refuse(format!("is cut short: expected {length} bytes, found {found}")));
                }
                return Ok(pixels);
            }
            RECORD => {}
            length => {
                let problem = format!("record {number} is cut short: expected {RECORD} bytes, found {length}");
                return Err(refuse(problem));
            }
        }
        if record[0] > LAST_LABEL {
            let problem =
                format!("record {number} is damaged: expected a label from 0 to {LAST_LABEL}, found {}", record[0]);
            return Err(refuse(problem));
        }
        let (red, rest) = record[1..].split_at(PIXELS);
        let (green, blue) = rest.split_at(PIXELS);
        let grey = red.iter().zip(green).zip(blue).map(|((&red, &green), &blue)| luminance(red, green, blue));
        if side == SIDE {
            pixels.extend(grey);
        } else {
            let picture = GrayImage::from_raw(SIDE as u32, SIDE as u32, grey.collect());
            pixels.extend(resampled(picture.expect("a record has the pixels of one picture"), side));
        }
    }
    Err(refuse(format!("expected at most {MOST} pictures in all batches, found more")))
}
