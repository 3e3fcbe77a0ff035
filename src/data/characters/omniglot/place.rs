//! Where the parts of Omniglot are, as browsers and unpackers leave them.

use super::NAME;
use crate::data::pictures::walk::is_unfinished;
use crate::data::{DataError, Named, place_of};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The parts, as they were published.
const PARTS: [&str; 2] = ["images_background", "images_evaluation"];

/// Folders whose names begin like this may be wrapped around them.
const FAMILY: [&str; 2] = ["omniglot", "python"];

/// So many of them.
const DEEPEST: usize = 4;

/// A part of the data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it was published as, `images_background`; for an archive of another name, that name.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
    /// Whether it is an archive or a folder.
    pub is_archive: bool,
}

/// The parts of Omniglot at `path`, or where [`DATA_VARIABLE`](crate::data::DATA_VARIABLE) says, one of each: an archive,
/// a part's folder, or a folder around both.
///
/// # Errors
/// When there is none.
pub fn locate(path: Option<&Path>) -> Result<Vec<Part>, DataError> {
    let (folder, place) = place_of(path, NAME)?;
    let facts = std::fs::metadata(&folder).map_err(|error| DataError::unreadable(&folder, &error))?;
    let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let published = PARTS.iter().find(|part| is_called(&name, part));
    if !facts.is_dir() {
        // Whether it is an archive is seen when it is opened.
        let name = published.map_or(name, |part| (*part).to_owned());
        return Ok(vec![Part { name, path: folder, is_archive: true }]);
    }
    let mut level = vec![folder.clone()];
    for _ in 0..DEEPEST {
        let found: Vec<Part> =
            PARTS.iter().filter_map(|part| level.iter().find_map(|folder| within(folder, part))).collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let inner = |folder: &PathBuf| {
            names_in(folder)
                .into_iter()
                .filter(|name| is_wrapping(name))
                .map(|name| folder.join(name))
                .collect::<Vec<_>>()
        };
        level = level.iter().flat_map(inner).filter(|path| path.is_dir()).collect();
    }
    if let Some(part) = published {
        return Ok(vec![Part { name: (*part).to_owned(), path: folder, is_archive: false }]);
    }
    let [background, evaluation] = PARTS;
    let expected = format!("expected {NAME} ({background}.zip and {evaluation}.zip, or these unpacked)");
    Err(DataError::of(place, format!("{expected}, found none")))
}

/// Whether Omniglot is where [`DATA_VARIABLE`](crate::data::DATA_VARIABLE) says.
///
/// # Errors
/// When the variable names what cannot be read.
pub fn named() -> Result<Named, DataError> {
    Named::look(NAME, || locate(None))
}

/// The part whose folder a file's path leads through.
pub(super) fn published(path: &Path) -> Option<&'static str> {
    let folders: Vec<_> = path.parent()?.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    PARTS.into_iter().find(|part| folders.iter().any(|folder| is_called(folder, part)))
}

/// The part that is not among these names, where the other is.
pub(super) fn missing<T>(names: &BTreeMap<String, T>) -> Option<&'static str> {
    let is_there = |part: &&str| names.contains_key(*part);
    PARTS.into_iter().find(|part| !is_there(part)).filter(|_| PARTS.iter().any(is_there))
}

/// A part in a folder; the name as it was published comes first, and an archive, which knows whether it is whole,
/// before a folder.
fn within(folder: &Path, part: &str) -> Option<Part> {
    let mut names: Vec<String> = names_in(folder).into_iter().filter(|name| is_called(name, part)).collect();
    names.sort_by_key(|name| (name.len(), name.clone()));
    let found = |is_archive: bool| {
        let is_it = |path: &PathBuf| if is_archive { path.is_file() } else { path.is_dir() };
        let named = names.iter().filter(|name| !is_archive || name.to_lowercase().contains(".zip"));
        let path = named.map(|name| folder.join(name)).find(is_it)?;
        Some(Part { name: part.to_owned(), path, is_archive })
    };
    found(true).or_else(|| found(false))
}

/// Whether a file or folder is called like a part, whatever a browser has added: "images_background (1).zip". There are
/// smaller versions as well, "images_background_small1.zip".
fn is_called(name: &str, part: &str) -> bool {
    let name = name.to_lowercase();
    let rest = name.strip_prefix(part);
    rest.is_some_and(|rest| !rest.starts_with('_')) && !is_unfinished(&name)
}

fn is_wrapping(name: &str) -> bool {
    let name = name.to_lowercase();
    FAMILY.iter().any(|family| name.starts_with(family))
}

/// The names of what is in a folder, in order; none where it cannot be read.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
