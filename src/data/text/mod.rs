//! Text as words: what a language model learns from, what it is judged by, and what it is tested with (*Backpropamine*,
//! section 4.2).
//!
//! | file | subject |
//! |---|---|
//! | here | a text in its three parts, as numbers of words |
//! | [`vocabulary`] | the words that have a number |
//! | [`words`] | from lines to words |
//! | `layout` | files and folders of text, as they are found |
//! | `austen` | six novels, bundled |

mod austen;
mod layout;
pub mod vocabulary;
pub mod words;

pub use layout::is_text_file;
pub use vocabulary::Vocabulary;

use super::recent::Recent;
use super::{DataError, Provenance};
use crate::files::Fingerprint;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is counted where it is put on record what a network has learned from.
const UNIT: &str = "words";

/// The largest file that is read word by word: more than any book has.
const MOST_BYTES_OF_ONES_OWN: u64 = 1 << 23;

/// Where a text comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Six novels by Jane Austen, bundled.
    Austen,
    /// A folder or a file.
    Path(PathBuf),
}

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What is learned from.
    Training,
    /// What says when to stop.
    Validation,
    /// What is tested with.
    Test,
}

/// A text as numbers of words.
#[derive(Clone, Debug)]
pub struct Text {
    vocabulary: Arc<Vocabulary>,
    /// Training, validation, test.
    parts: [Arc<[u32]>; 3],
    is_split_by_position: bool,
    description: String,
    fingerprint: Option<String>,
    provenance: Provenance,
}

/// A text that has been read, in words.
struct Read {
    /// Training, validation, test: each the words of its lines, with [`words::END`] behind each line.
    parts: [Vec<String>; 3],
    /// "Six novels by Jane Austen", "a folder in the layout of the Penn Treebank".
    source: String,
    /// Whether no files say what is learned from and what is tested with.
    is_split_by_position: bool,
}

/// The words that have a number.
#[derive(Clone, PartialEq)]
enum Known {
    /// So many of the most frequent ones.
    Most(usize),
    /// Those of a network.
    These(Arc<Vocabulary>),
}

/// Texts that were read.
static RECENT: Recent<(Source, Known), Text> = Recent::new();

impl Text {
    /// Opens a text whose `most` most frequent words have a number.
    ///
    /// # Errors
    /// When a file is missing, no text in UTF-8, or too large, or there is too little text.
    pub fn open(source: &Source, most: usize) -> Result<Self, DataError> {
        Self::known(source, Known::Most(most))
    }

    /// Opens a text for a network that knows other words, to be tested with it.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_with(source: &Source, vocabulary: Vocabulary) -> Result<Self, DataError> {
        Self::known(source, Known::These(Arc::new(vocabulary)))
    }

    fn known(source: &Source, known: Known) -> Result<Self, DataError> {
        RECENT.get((source.clone(), known), |(source, known)| {
            let read = read(source)?;
            let vocabulary = match known {
                Known::Most(most) => Arc::new(Vocabulary::of(&read.parts[0], *most)),
                Known::These(vocabulary) => Arc::clone(vocabulary),
            };
            Ok(Self::new(&read, vocabulary))
        })
    }

    fn new(read: &Read, vocabulary: Arc<Vocabulary>) -> Self {
        let parts = read.parts.each_ref().map(|words| words.iter().map(|word| vocabulary.number(word)).collect());
        let parts: [Arc<[u32]>; 3] = parts;
        let mut fingerprint = Fingerprint::default();
        for words in &read.parts {
            for word in words {
                fingerprint.add(word.as_bytes());
                fingerprint.add(b" ");
            }
            fingerprint.add(&[0]);
        }
        let [training, validation, test] = parts.each_ref().map(|part| part.len());
        let provenance = Provenance {
            source: read.source.clone(),
            count: training as u64,
            unit: UNIT.to_owned(),
            kept_for_testing: Some((validation + test) as u64),
            files: BTreeMap::new(),
            vocabulary: vocabulary.to_text(),
        };
        let split = if read.is_split_by_position { ", by position" } else { "" };
        let description = format!(
            "{}, {training} words to learn from, {validation} to validate with and {test} to test with{split}; {} \
             different words",
            read.source,
            vocabulary.len()
        );
        let is_split_by_position = read.is_split_by_position;
        Self {
            vocabulary,
            parts,
            is_split_by_position,
            description,
            fingerprint: Some(fingerprint.to_string()),
            provenance,
        }
    }

    /// The words that have a number.
    pub fn vocabulary(&self) -> &Arc<Vocabulary> {
        &self.vocabulary
    }

    /// The numbers of the words of a part, in order.
    pub fn part(&self, part: Part) -> &Arc<[u32]> {
        &self.parts[part as usize]
    }

    /// The same text to be tested with, all of it where nothing but its position says what is for tests: another network
    /// has learned from another text.
    #[must_use]
    pub fn all_for_testing(self) -> Self {
        let test = match self.is_split_by_position {
            true => self.parts.iter().flat_map(|part| part.iter().copied()).collect(),
            false => Arc::clone(self.part(Part::Test)),
        };
        let description = format!("{} words to test with", test.len());
        let none = || Arc::from(Vec::new());
        Self { parts: [none(), none(), test], description, fingerprint: None, ..self }
    }

    /// What it is, in a few words.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Tells this text and its parts from others; `None` where it is for tests alone.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// What is put on record of it with a network that learns from it.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }
}

/// A file of plain text that somebody reads word by word.
///
/// # Errors
/// When it cannot be read, is no text in UTF-8, or is larger than 8 MiB.
pub fn own_text_of(path: &Path) -> Result<String, DataError> {
    layout::text_of_at_most(path, MOST_BYTES_OF_ONES_OWN)
}

/// The words of a text, in its parts.
fn read(source: &Source) -> Result<Read, DataError> {
    let (read, place) = match source {
        Source::Austen => (austen::read()?, Path::new("the bundled text")),
        Source::Path(path) => (layout::read(path)?, path.as_path()),
    };
    let found: usize = read.parts.iter().map(Vec::len).sum();
    match found {
        0 => Err(DataError::new(place, "expected text, found no words")),
        _ => Ok(read),
    }
}
