//! Files and folders of text, as they are found.
//!
//! A folder in the layout of the Penn Treebank has `train.txt`, `valid.txt` and `test.txt`, or the same with `ptb.` before
//! them. Any other text, a file or all text files of a folder, is plain: its first eight tenths are learned from, the ninth
//! says when to stop, the last is tested with.

use super::{Read, words};
use crate::data::DataError;
use crate::files::{self, FileError};
use std::path::{Path, PathBuf};

/// What the parts are called in the layout of the Penn Treebank.
const NAMES: [&str; 3] = ["train.txt", "valid.txt", "test.txt"];

/// What may stand before it.
const BEFORE: [&str; 2] = ["", "ptb."];

/// How the names of text files end.
const ENDINGS: &[&str] = &["txt", "text"];

/// A larger file is refused: its words take ten times as much.
const MOST_BYTES: u64 = 1 << 26;

/// A folder of more text files is refused.
const MOST_FILES: usize = 10_000;

/// Reads a file or a folder.
///
/// # Errors
/// When there is nothing to be read, or what is there is no text in UTF-8.
pub(super) fn read(path: &Path) -> Result<Read, DataError> {
    if !path.is_dir() {
        let name = path.file_name().map_or_else(|| "a file".into(), |name| name.to_string_lossy().into_owned());
        return Ok(plain(words::of_plain(&text(path)?), name));
    }
    for before in BEFORE {
        let named = NAMES.map(|name| path.join(format!("{before}{name}")));
        if named.iter().any(|file| file.is_file()) {
            let mut parts = Vec::new();
            for file in &named {
                parts.push(words::of_lines(&text(file)?));
            }
            let parts = parts.try_into().unwrap_or_default();
            let source = folder_name(path);
            return Ok(Read { parts, source, is_split_by_position: false });
        }
    }
    let files = text_files(path)?;
    if files.is_empty() {
        let problem =
            "expected text files or the layout of the Penn Treebank (train.txt, valid.txt, test.txt), found none";
        return Err(DataError::new(path, problem));
    }
    let mut all = Vec::new();
    let mut left = MOST_BYTES;
    for file in &files {
        let text = text_of_at_most(file, left)?;
        left = left.saturating_sub(text.len() as u64);
        all.extend(words::of_plain(&text));
    }
    Ok(plain(all, folder_name(path)))
}

fn folder_name(path: &Path) -> String {
    path.file_name().map_or_else(|| "a folder".into(), |name| name.to_string_lossy().into_owned())
}

/// Whether a file is called like one of text.
pub fn is_text_file(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// Text files directly in a folder, by name.
fn text_files(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let entries = std::fs::read_dir(folder).map_err(|error| DataError::unreadable(folder, &error))?;
    let mut files: Vec<PathBuf> =
        entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file() && is_text_file(path)).collect();
    files.sort();
    match files.len() > MOST_FILES {
        true => Err(DataError::new(folder, format!("expected at most {MOST_FILES} text files, found {}", files.len()))),
        false => Ok(files),
    }
}

/// Splits plain text by position.
fn plain(all: Vec<String>, source: String) -> Read {
    let tenth = all.len() / 10;
    let mut training = all;
    let mut validation = training.split_off(training.len() - 2 * tenth);
    let test = validation.split_off(tenth);
    Read { parts: [training, validation, test], source, is_split_by_position: true }
}

/// The text of a file, in UTF-8.
fn text(path: &Path) -> Result<String, DataError> {
    text_of_at_most(path, MOST_BYTES)
}

pub(super) fn text_of_at_most(path: &Path, most: u64) -> Result<String, DataError> {
    let refuse = |FileError { problem, .. }| DataError::new(path, problem);
    let bytes = files::read(path, "a text", most).map_err(refuse)?;
    decoded(bytes).map_err(|problem| DataError::new(path, problem))
}

/// Bytes as text: UTF-8, with or without a byte order mark.
fn decoded(bytes: Vec<u8>) -> Result<String, String> {
    let begins = |mark: &[u8]| bytes.starts_with(mark);
    let looked_at = &bytes[..bytes.len().min(1 << 12)];
    let zeros = looked_at.iter().filter(|byte| **byte == 0).count();
    if begins(&[0xff, 0xfe]) || begins(&[0xfe, 0xff]) || (zeros > 0 && 3 * zeros > looked_at.len()) {
        return Err("expected text in UTF-8, found UTF-16; saved again as UTF-8 it can be read".into());
    }
    if zeros > 0 {
        return Err("expected text in UTF-8, found zero bytes as other files have them".into());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..valid].iter().filter(|byte| **byte == b'\n').count();
        format!(
            "expected text in UTF-8, found byte {:#04x} in line {line}, as Latin-1 and Windows-1252 have it; saved \
             again as UTF-8 it can be read",
            error.as_bytes()[valid]
        )
    })?;
    Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_utf8_and_what_else_it_may_be_is_named() {
        assert_eq!(decoded("\u{feff}naïve".into()), Ok("naïve".to_owned()));
        let utf16: Vec<u8> = "word".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, problem) in [
            (utf16.clone(), "found UTF-16"),
            ([vec![0xff, 0xfe], utf16].concat(), "found UTF-16"),
            (b"one\ntwo na\xefve".to_vec(), "0xef in line 2, as Latin-1"),
            (b"one two three four five\0".to_vec(), "zero bytes"),
        ] {
            let error = decoded(bytes).unwrap_err();
            assert!(error.contains(problem), "{error}");
        }
    }

    #[test]
    fn plain_text_is_split_by_position() {
        let Read { parts, .. } = plain((0..25).map(|word| word.to_string()).collect(), String::new());
        assert_eq!(parts.each_ref().map(Vec::len), [21, 2, 2]);
        assert_eq!((parts[0][20].as_str(), parts[1][0].as_str(), parts[2][1].as_str()), ("20", "21", "24"));
    }
}
