//! Where data sets are looked for: at a path, otherwise where the environment says.

use super::DataError;
use crate::files::reason;
use std::path::{Path, PathBuf};

/// The environment variable that names the folder with data sets in their official layouts.
pub const DATA_VARIABLE: &str = "HEBBSCOPE_DATA";

/// The folder that [`DATA_VARIABLE`] names; `None` when it is not set or empty.
pub fn data_folder() -> Option<PathBuf> {
    std::env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Whether a data set is where [`DATA_VARIABLE`] says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// The variable is not set: nobody expects it.
    Nowhere,
    /// It is there.
    There,
    /// It is not there, although the variable is set: a sentence that says what was expected and found.
    Absent(String),
}

impl Named {
    /// Looks for the data set `what` with `locate`, which knows its layout.
    ///
    /// # Errors
    /// When the variable names what cannot be read: a name that is mistyped is no reason to take other examples.
    pub fn look<T>(what: &str, locate: impl FnOnce() -> Result<T, DataError>) -> Result<Self, DataError> {
        if data_folder().is_none() {
            return Ok(Self::Nowhere);
        }
        place_of(None, what)?;
        Ok(match locate() {
            Ok(_) => Self::There,
            Err(error) => Self::Absent(error.to_string()),
        })
    }

    /// Whether it is there, otherwise what is to be said of other examples in its place.
    pub fn or_why(self) -> Result<(), Option<String>> {
        match self {
            Self::There => Ok(()),
            Self::Nowhere => Err(None),
            Self::Absent(why) => Err(Some(why)),
        }
    }
}

/// Where `what` is to be looked for: at `path`, otherwise where [`DATA_VARIABLE`] says; and this place in words.
///
/// # Errors
/// When there is neither, or the variable names what cannot be read.
pub(super) fn place_of(path: Option<&Path>, what: &str) -> Result<(PathBuf, String), DataError> {
    match (path, data_folder()) {
        (Some(path), _) => Ok((path.to_owned(), path.display().to_string())),
        (None, Some(folder)) => {
            let words = format!("{DATA_VARIABLE} = {}", folder.display());
            readable(&folder).map_err(|error| {
                let found = reason(&error);
                DataError::of(&words, format!("expected a folder with {what}, found none that can be read: {found}"))
            })?;
            Ok((folder, words))
        }
        (None, None) => {
            let problem = format!("expected a path or the environment variable {DATA_VARIABLE}, found neither");
            Err(DataError::of(what, problem))
        }
    }
}

/// An archive may stand in the place of a folder; whether it can be read is seen when it is opened.
fn readable(place: &Path) -> std::io::Result<()> {
    match std::fs::metadata(place)?.is_dir() {
        true => std::fs::read_dir(place).map(drop),
        false => Ok(()),
    }
}
