//! Why a file was refused, in one sentence that names it.

use std::path::{Path, PathBuf};

/// The longest message that is passed on in full; a name in a file may have any length.
const MAX_LINE_CHARS: usize = 1000;

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {}", one_line(&path.display().to_string()), one_line(problem))]
pub struct FileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it, as the rest of a sentence.
    pub problem: String,
}

impl FileError {
    /// A refusal of `path`.
    pub fn new(path: &Path, problem: impl Into<String>) -> Self {
        Self { path: path.to_owned(), problem: problem.into() }
    }
}

/// `text` as part of one sentence: names in a file may hold line breaks, and be as long as they like.
pub fn one_line(text: &str) -> String {
    let mut line: String =
        text.chars().take(MAX_LINE_CHARS).map(|letter| if letter.is_control() { ' ' } else { letter }).collect();
    if text.chars().nth(MAX_LINE_CHARS).is_some() {
        line.push('…');
    }
    line
}

/// The system's reason for an error, without its number.
pub fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}
