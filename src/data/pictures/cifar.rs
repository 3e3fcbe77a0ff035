//! CIFAR-10 in its official binary layout (Krizhevsky 2009).
//!
//! Batches are files of records without a header: one byte of label (0 to 9) and 3072 bytes of pixels, 1024 red,
//! 1024 green, 1024 blue, each 32 rows of 32. Training pictures are in `data_batch_*.bin`, test pictures in
//! `test_batch.bin`; the archive holds them in a folder `cifar-10-batches-bin`.

use super::Split;
use super::grey::{luminance, resampled};
use crate::data::DataError;
use flate2::read::GzDecoder;
use image::GrayImage;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

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

/// The folder in the official archive, and the archive's name.
const FOLDER: &str = "cifar-10-batches-bin";
const ARCHIVE: &str = "cifar-10-binary.tar.gz";

/// Where CIFAR-10 was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A folder of batches.
    Folder(PathBuf),
    /// The `.tar.gz` of such a folder.
    Archive(PathBuf),
}

impl Layout {
    /// CIFAR-10 at `path`: the folder of batches, one that holds that folder or the archive, or the archive itself.
    pub fn find(path: &Path) -> Option<Self> {
        if path.is_file() {
            let name = path.file_name()?.to_string_lossy().to_lowercase();
            return (name.ends_with(".tar.gz") || name.ends_with(".tgz")).then(|| Self::Archive(path.to_owned()));
        }
        let folder = [path.to_owned(), path.join(FOLDER)].into_iter().find(|folder| holds_batches(folder));
        let archive = path.join(ARCHIVE);
        folder.map(Self::Folder).or_else(|| archive.is_file().then_some(Self::Archive(archive)))
    }

    /// The file or folder.
    pub fn path(&self) -> &Path {
        match self {
            Self::Folder(path) | Self::Archive(path) => path,
        }
    }

    /// Reads one half of the data set as grey pictures, `side`² bytes each, in the order of the files.
    ///
    /// # Errors
    /// When a batch is missing, cannot be read, is cut short, or has a label that CIFAR-10 does not have.
    pub fn read(&self, split: Split, side: usize) -> Result<Vec<u8>, DataError> {
        let mut batches = Vec::new();
        match self {
            Self::Folder(folder) => {
                for (name, path) in names_in(folder)? {
                    if belongs(&name, split) {
                        let file = File::open(&path).map_err(|error| DataError::unreadable(&path, &error))?;
                        batches.push((name, read_batch(&path, BufReader::new(file), side)?));
                    }
                }
            }
            Self::Archive(path) => {
                let refuse = |error: std::io::Error| DataError::new(path, format!("expected a .tar.gz, found {error}"));
                let file = File::open(path).map_err(|error| DataError::unreadable(path, &error))?;
                let mut archive = tar::Archive::new(GzDecoder::new(BufReader::new(file)));
                for entry in archive.entries().map_err(refuse)? {
                    let entry = entry.map_err(refuse)?;
                    let inside = entry.path().map_err(refuse)?.into_owned();
                    let name = inside.file_name().unwrap_or_default().to_string_lossy().into_owned();
                    if belongs(&name, split) {
                        batches.push((name, read_batch(&path.join(&inside), BufReader::new(entry), side)?));
                    }
                }
            }
        }
        batches.sort();
        if batches.is_empty() {
            let name = if split == Split::Test { "test_batch.bin" } else { "data_batch_1.bin" };
            return Err(DataError::new(self.path(), format!("expected CIFAR-10 with {name}, found none")));
        }
        if batches.iter().map(|(_, pixels)| pixels.len()).sum::<usize>() > MOST * side * side {
            return Err(DataError::new(self.path(), format!("expected at most {MOST} pictures, found more")));
        }
        Ok(batches.into_iter().flat_map(|(_, pixels)| pixels).collect())
    }
}

fn belongs(name: &str, split: Split) -> bool {
    match split {
        Split::Training => name.starts_with("data_batch_") && name.ends_with(".bin"),
        Split::Test => name == "test_batch.bin",
    }
}

fn holds_batches(folder: &Path) -> bool {
    names_in(folder)
        .is_ok_and(|names| names.iter().any(|(name, _)| belongs(name, Split::Training) || belongs(name, Split::Test)))
}

fn names_in(folder: &Path) -> Result<Vec<(String, PathBuf)>, DataError> {
    let unreadable = |error: std::io::Error| DataError::unreadable(folder, &error);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        names.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    names.sort();
    Ok(names)
}

/// The grey pictures of one batch; `path` is what an error names.
fn read_batch(path: &Path, mut file: impl Read, side: usize) -> Result<Vec<u8>, DataError> {
    let (mut pixels, mut record) = (Vec::new(), Vec::with_capacity(RECORD));
    for number in 1..=MOST + 1 {
        record.clear();
        let read = file.by_ref().take(RECORD as u64).read_to_end(&mut record);
        read.map_err(|error| DataError::new(path, format!("cannot be read at record {number}: {error}")))?;
        match record.len() {
            0 if number == 1 => return Err(DataError::new(path, "expected records of CIFAR-10, found an empty file")),
            0 => return Ok(pixels),
            RECORD => {}
            length => {
                let problem = format!("record {number} is cut short: expected {RECORD} bytes, found {length}");
                return Err(DataError::new(path, problem));
            }
        }
        if record[0] > LAST_LABEL {
            let problem =
                format!("record {number} is damaged: expected a label from 0 to {LAST_LABEL}, found {}", record[0]);
            return Err(DataError::new(path, problem));
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
    Err(DataError::new(path, format!("expected at most {MOST} records, found more")))
}
