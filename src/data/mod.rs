//! Where examples come from: random generators and readers of official file layouts.

pub mod characters;
pub mod patterns;
pub mod pictures;
mod place;
pub mod provenance;
pub mod random;
mod recent;
pub mod text;

pub use place::{DATA_VARIABLE, Named, data_folder};
pub use provenance::Provenance;
pub use random::{Generator, Stream};

use crate::files::one_line;
use place::place_of;
use std::path::Path;

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
