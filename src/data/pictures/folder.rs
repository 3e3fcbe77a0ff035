//! Any folder of pictures, its sub-folders included.

use super::decode::{self, Refusal};
use super::walk::{self, Unusable};
use crate::data::{DataError, Generator, Stream};
use rand::seq::SliceRandom as _;
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Names that end like this are pictures; some of them may be of a kind that cannot be decoded, and are counted.
pub const ENDINGS: &[&str] =
    &["png", "jpg", "jpeg", "jfif", "gif", "bmp", "webp", "tif", "tiff", "avif", "heic", "tga"];

/// A folder with more pictures is refused.
const MOST: usize = 1_000_000;

/// The pictures of a folder, and what could not be used as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Folder {
    /// Grey pictures in the order of their names, `side`² bytes each.
    pub pictures: Vec<Vec<u8>>,
    /// What is in the way of reading: permissions, links that lead nowhere, pipes that are called like pictures.
    pub unread: Unusable,
    /// Files that hold no picture of a known kind, or not all of one.
    pub undecoded: Unusable,
    /// How many are animated: of those, the first frame counts.
    pub animated: usize,
    /// How many look exactly like one before them and are left out: one of the two could be tested, the other learned.
    pub duplicates: usize,
}

/// Reads every picture below `folder`: cropped to its central square, resampled to `side` × `side`, grey by luminance.
/// What cannot be read or decoded is left out and counted.
///
/// # Errors
/// When the folder itself cannot be read or holds more pictures than fit in memory.
pub fn read(folder: &Path, side: usize) -> Result<Folder, DataError> {
    let below = walk::files(folder, is_picture, MOST + 1)?;
    if below.files.len() > MOST {
        return Err(DataError::new(folder, format!("expected at most {MOST} pictures, found more")));
    }
    if below.is_cut {
        return Err(DataError::new(folder, "expected a folder of pictures, found millions of other files in it"));
    }
    let read: Vec<_> = below.files.par_iter().map(|path| (path, decode::picture(path, side))).collect();
    let (mut found, mut seen) = (Folder { unread: below.unread, ..Folder::default() }, HashSet::new());
    for (path, picture) in read {
        match picture {
            Ok(picture) if seen.contains(&picture.pixels) => found.duplicates += 1,
            Ok(picture) => {
                seen.insert(picture.pixels.clone());
                found.pictures.push(picture.pixels);
                found.animated += usize::from(picture.is_animated);
            }
            Err(Refusal::Unread(reason)) => {
                let reason = reason.strip_prefix("cannot be read: ").unwrap_or(&reason);
                found.unread.add(folder, path, reason);
            }
            Err(Refusal::Undecoded(reason)) => found.undecoded.add(folder, path, &reason),
        }
    }
    Ok(found)
}

impl Folder {
    /// The pictures to learn from and those kept for testing, each in an order that follows from `seed`: `share` of
    /// all, but at least `least` on each side where there are that many.
    pub fn split(&self, seed: u64, share: f64, least: usize) -> [Vec<&[u8]>; 2] {
        let mut order: Vec<&[u8]> = self.pictures.iter().map(Vec::as_slice).collect();
        order.shuffle(&mut Generator::new(seed, Stream::Initialisation));
        let kept = ((order.len() as f64 * share).round() as usize).max(least).min(order.len().saturating_sub(least));
        let test = order.split_off(order.len() - kept);
        [order, test]
    }

    /// What was left out or taken in part, as a clause; empty when nothing was.
    pub fn remarks(&self) -> String {
        let unusable = self.unread.remark("could not be read") + &self.undecoded.remark("could not be decoded");
        unusable + &repeated(self.duplicates) + &animated(self.animated)
    }
}

/// That so many files repeat others, as a clause; empty where none does.
pub(in crate::data) fn repeated(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "; 1 file repeats another".into(),
        count => format!("; {count} files repeat others"),
    }
}

/// That of so many pictures only the beginning is looked at, as a clause; empty where there are none.
pub(in crate::data) fn animated(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => "; of 1 animated picture the first frame counts".into(),
        count => format!("; of {count} animated pictures the first frame counts"),
    }
}

/// The pictures below `folder` by their names, no more than `most`.
///
/// # Errors
/// When the folder cannot be read.
pub fn names(folder: &Path, most: usize) -> Result<Vec<PathBuf>, DataError> {
    Ok(walk::files(folder, is_picture, most)?.files)
}

/// The first frame of one picture: cropped, resampled and grey as [`read`] does it, `side`² bytes.
///
/// # Errors
/// With a few words when it cannot be read or decoded.
pub fn read_one(path: &Path, side: usize) -> Result<Vec<u8>, String> {
    decode::picture(path, side).map(|picture| picture.pixels).map_err(Refusal::into_words)
}

/// Whether the name of a file is that of a picture.
pub fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}
