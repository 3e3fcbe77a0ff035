//! Where CIFAR-10 is, as browsers and unpackers leave it.

use crate::data::DataError;
use crate::data::pictures::walk::is_unfinished;
use crate::files::Guarded;
use std::path::{Path, PathBuf};

/// The folder in the official archive, and how the names of archives begin: browsers and downloaders add to them.
const FOLDER: &str = "cifar-10-batches-bin";
const ARCHIVE: &str = "cifar-10-binary";

/// Folders that are called like this may be wrapped around each other, as unpackers leave them.
const FAMILY: &str = "cifar";

/// So many of them.
const DEEPEST: usize = 4;

/// How many training batches the data set has.
pub const BATCHES: u32 = 5;

/// The other versions of the data set: how their archives are called, and how the names of their batches end.
const OTHERS: [(&str, &str, &str); 2] = [("Python", "cifar-10-python", ""), ("MATLAB", "cifar-10-matlab", ".mat")];

/// Where CIFAR-10 was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// A folder of batches.
    Folder(PathBuf),
    /// The `.tar.gz` or `.tar` of such a folder.
    Archive(PathBuf),
}

/// What a file of the data set is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Batch {
    /// `data_batch_N.bin`.
    Training(u32),
    /// `test_batch.bin`.
    Test,
}

impl Batch {
    /// By the name of a file; copies that browsers number are none.
    pub(super) fn of(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        match numbered(&name, ".bin") {
            None => (name == "test_batch.bin").then_some(Self::Test),
            Some(number) => Some(Self::Training(number)),
        }
    }
}

/// N of `data_batch_N` with this ending.
fn numbered(name: &str, ending: &str) -> Option<u32> {
    let number = name.strip_prefix("data_batch_")?.strip_suffix(ending)?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok())?
}

impl Layout {
    /// CIFAR-10 at `path`: the folder of batches, one that holds that folder or the archive, or the archive itself. A
    /// folder that has all batches is found before one that lacks some.
    pub fn find(path: &Path) -> Option<Self> {
        if path.is_file() {
            return is_archive(path).then(|| Self::Archive(path.to_owned()));
        }
        let places = places(path);
        let with_batches = |place: &&(PathBuf, Vec<String>)| place.1.iter().any(|name| Batch::of(name).is_some());
        let mut folders = places.iter().filter(with_batches);
        let is_complete = |names: &[String]| {
            let mut all = (1..=BATCHES).map(Batch::Training).chain([Batch::Test]);
            all.all(|batch| names.iter().any(|name| Batch::of(name) == Some(batch)))
        };
        let first = folders.clone().next();
        if let Some((folder, _)) = folders.find(|(_, names)| is_complete(names)).or(first) {
            return Some(Self::Folder(folder.clone()));
        }
        places.iter().find_map(|(folder, names)| {
            // The name as it was published comes first.
            let mut archives: Vec<&String> = names.iter().filter(|name| is_called(name, ARCHIVE)).collect();
            archives.sort_by_key(|name| (name.len(), *name));
            archives.into_iter().map(|name| folder.join(name)).find(|archive| archive.is_file()).map(Self::Archive)
        })
    }

    /// The file or folder.
    pub fn path(&self) -> &Path {
        match self {
            Self::Folder(path) | Self::Archive(path) => path,
        }
    }
}

/// What another version of the data set at `path` is refused with; `None` where there is none.
pub fn other_version(path: &Path) -> Option<DataError> {
    let found = if path.is_file() {
        let name = path.file_name()?.to_string_lossy().into_owned();
        OTHERS.iter().find(|(_, archive, _)| is_called(&name, archive)).map(|(version, ..)| (*version, name))
    } else {
        places(path).into_iter().flat_map(|(_, names)| names).find_map(|name| version_of(&name))
    };
    found.map(|(version, name)| DataError::new(path, wrong_version(version, &name)))
}

/// Which version another file is of.
pub(super) fn version_of(name: &str) -> Option<(&'static str, String)> {
    let is_of = |(_, archive, ending): &&(&str, &str, &str)| {
        is_called(name, archive) || numbered(&name.to_lowercase(), ending).is_some()
    };
    OTHERS.iter().find(is_of).map(|(version, ..)| (*version, name.to_owned()))
}

/// That the data set is there in a version that is not read.
pub(super) fn wrong_version(version: &str, name: &str) -> String {
    format!("expected the binary version of CIFAR-10 ({ARCHIVE}.tar.gz), found its {version} version ({name})")
}

/// Whether a file is called like an archive, whatever a browser has added: "cifar-10-binary (1).tar.gz",
/// "cifar-10-binary.tar.gz.1".
fn is_called(name: &str, archive: &str) -> bool {
    let name = name.to_lowercase();
    name.strip_prefix(archive).is_some_and(|rest| rest.contains(".tar") || rest.contains(".tgz"))
        && !is_unfinished(&name)
}

/// Whether a file is an archive, by its name or its beginning.
fn is_archive(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
    if [".tar.gz", ".tgz", ".tar"].iter().any(|ending| name.ends_with(ending)) {
        return true;
    }
    let beginning = Guarded::open(path, "an archive", u64::MAX - 1).and_then(|mut file| file.beginning(512));
    beginning.is_ok_and(|bytes| bytes.starts_with(&[0x1f, 0x8b]) || bytes.get(257..262) == Some(b"ustar"))
}

/// A folder, and all in it that are called like the data set, with the names of what is in each; the one that is called
/// as it was published comes first.
fn places(path: &Path) -> Vec<(PathBuf, Vec<String>)> {
    let mut places = Vec::new();
    let mut level = vec![path.to_owned()];
    for _ in 0..DEEPEST {
        let mut below = Vec::new();
        for folder in level {
            let names = names_in(&folder).unwrap_or_default();
            let family = names.iter().filter(|name| name.to_lowercase().starts_with(FAMILY) && !is_unfinished(name));
            let mut inner: Vec<&String> = family.collect();
            inner.sort_by_key(|name| name.as_str() != FOLDER);
            below.extend(inner.into_iter().map(|name| folder.join(name)).filter(|inner| inner.is_dir()));
            places.push((folder, names));
        }
        level = below;
    }
    places
}

/// The names of what is in a folder, in order.
pub(super) fn names_in(folder: &Path) -> std::io::Result<Vec<String>> {
    let names = std::fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<std::io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}
