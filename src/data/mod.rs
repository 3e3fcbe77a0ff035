//! Where examples come from: random generators and readers of official file layouts.

pub mod characters;
pub mod patterns;
pub mod pictures;
pub mod provenance;
pub mod random;
mod recent;

pub use provenance::Provenance;
pub use random::{Generator, Stream};

use crate::files::one_line;
use std::path::{Path, PathBuf};

/// The environment variable that names the folder with data sets in their official layouts.
pub const DATA_VARIABLE: &str = "HEBBSCOPE_DATA";

/// The folder that [`DATA_VARIABLE`] names; `None` when it is not set or empty.
pub fn data_folder() -> Option<PathBuf> {
    std::env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Where `what` is to be looked for: at `path`, otherwise where [`DATA_VARIABLE`] says; and this place in words.
///
/// # Errors
/// When there is neither.
fn place_of(path: Option<&Path>, what: &str) -> Result<(PathBuf, String), DataError> {
    match (path, data_folder()) {
        (Some(path), _) => Ok((path.to_owned(), path.display().to_string())),
        (None, Some(folder)) => {
            let words = format!("{DATA_VARIABLE} = {}", folder.display());
            Ok((folder, words))
        }
        (None, None) => {
            let problem = format!("expected a path or the environment variable {DATA_VARIABLE}, found neither");
            Err(DataError::of(what, problem))
        }
    }
}

/// Which examples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// Those to learn from.
    Training,
    /// Those that no training of the same configuration sees.
    Test,
}

/// Examples that cannot be used: which file or folder, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}: {}", one_line(place), one_line(problem))]
pub struct DataError {
    place: String,
    problem: String,
}

impl DataError {
    /// What is wrong with a file or folder.
    pub fn new(path: &Path, problem: impl Into<String>) -> Self {
        Self { place: path.display().to_string(), problem: problem.into() }
    }

    /// What is wrong with something that is no file.
    pub fn of(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }

    /// A file or folder that cannot be read.
    pub fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        Self::new(path, format!("cannot be read: {}", crate::files::reason(error)))
    }
}
