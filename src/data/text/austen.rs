//! Six novels by Jane Austen (1811–1818, in the public domain), bundled in the layout of the Penn Treebank: lower-cased
//! words without punctuation, numbers as `N`, words outside the 9998 most frequent of the training part as `<unk>`.
//!
//! Learned from are *Emma*, *Mansfield Park*, *Pride and Prejudice* and *Sense and Sensibility*; *Northanger Abbey* says
//! when to stop, and *Persuasion* is tested with.

use super::{Read, words};
use crate::data::DataError;
use std::io::{Cursor, Read as _};
use zip::ZipArchive;

/// `train.txt`, `valid.txt` and `test.txt`.
const ARCHIVE: &[u8] = include_bytes!("../../../assets/austen.zip");

/// The words of the novels.
///
/// # Errors
/// Never: what is bundled has been tested.
pub(super) fn read() -> Result<Read, DataError> {
    let broken = |problem: String| DataError::of("the bundled novels", problem);
    let mut archive = ZipArchive::new(Cursor::new(ARCHIVE)).map_err(|error| broken(error.to_string()))?;
    let mut part = |name: &str| {
        let mut text = String::new();
        let mut file = archive.by_name(name).map_err(|error| broken(error.to_string()))?;
        file.read_to_string(&mut text).map_err(|error| broken(error.to_string()))?;
        Ok(words::of_lines(&text))
    };
    let parts = [part("train.txt")?, part("valid.txt")?, part("test.txt")?];
    Ok(Read { parts, source: "Six novels by Jane Austen".to_owned(), is_split_by_position: false })
}
