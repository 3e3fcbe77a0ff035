//! The network at every age: snapshots of it in the folder of its run, at iterations that are spaced logarithmically, since
//! a network changes most when it is young.
//!
//! Each is a checkpoint without its curve and what only going on takes, its matrices in 16 bits; it opens by itself like any
//! other. A run that was stopped and goes on has the same ones as one that never stopped.

use super::checkpoint::Checkpoint;
use super::config::RunConfig;
use super::open::Bundled;
use super::run_folder::checkpoint_path;
use super::trainer::Trainer;
use crate::files::{FileError, TensorFile};
use std::collections::BTreeSet;
use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};
use zip::ZipArchive;

/// Snapshots of a run, unless another number is asked for.
pub const USUAL: usize = 40;

/// The most that may be asked for.
pub const MOST: usize = 400;

/// Bytes that all snapshots of a run may take: of large networks there are fewer.
pub const MOST_BYTES: u64 = 64 << 20;

/// Bytes of a snapshot beside its matrices, about.
const HEADER_BYTES: u64 = 4096;

/// The folder of the snapshots in that of their run.
pub(super) const FOLDER: &str = "snapshots";

/// How their names end.
const ENDING: &str = "safetensors";

/// The ages of which a run of `planned` iterations keeps the network, at most `count` of them: none of its iterations, all,
/// and others between, each about as many times as old as the one before. None where fewer than two are asked for.
pub fn ages(count: usize, planned: u64) -> BTreeSet<u64> {
    if count < 2 || planned == 0 {
        return BTreeSet::new();
    }
    let between = count.saturating_sub(2) as f64;
    let inner = (0..count - 2).map(|index| (planned as f64).powf(index as f64 / between).round() as u64);
    inner.chain([0, planned]).collect()
}

/// How many snapshots of a network with so many `parameters` there are where `count` are asked for.
pub fn affordable(count: usize, parameters: usize) -> usize {
    let each = 2 * parameters as u64 + HEADER_BYTES;
    count.min(usize::try_from(MOST_BYTES / each).unwrap_or(usize::MAX))
}

/// The file of the network at `age`, seen from the folder of its run.
pub(super) fn file_name(age: u64) -> PathBuf {
    Path::new(FOLDER).join(name(age))
}

/// The file of the network at `age`, by itself.
fn name(age: u64) -> String {
    format!("{age:08}.{ENDING}")
}

/// The age that the name of a snapshot says; `None` for other files.
pub(super) fn age_of(file: &Path) -> Option<u64> {
    let is_one = file.extension().is_some_and(|ending| ending == ENDING);
    file.file_stem().filter(|_| is_one)?.to_str()?.parse().ok()
}

/// Where the network of a run lies at all of its ages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// In the folder of the run.
    Run(PathBuf),
    /// In the program.
    Bundled(Bundled),
}

impl Source {
    /// Where the snapshots of the run lie to whose folder, or to whose checkpoint, a path leads.
    pub fn of(path: &Path) -> Option<Self> {
        if path.is_dir() {
            return Some(Self::Run(path.to_owned()));
        }
        path.parent().filter(|folder| checkpoint_path(folder) == path).map(|folder| Self::Run(folder.to_owned()))
    }

    /// The ages at which a network can be seen that is `last` iterations old, where there are snapshots of `ages`: none where
    /// that is the only one. Of a run, what lies beyond it is not what it has grown from; of a network that comes with the
    /// program all are known, whichever of them it is.
    pub fn seen(&self, ages: &[u64], last: u64) -> Vec<u64> {
        if let Self::Bundled(_) = self {
            return ages.to_vec();
        }
        let younger = ages.iter().copied().filter(|age| *age < last);
        let all: Vec<u64> = younger.chain([last]).collect();
        if all.len() < 2 { Vec::new() } else { all }
    }

    /// The ages of which there is the network, the youngest first.
    pub fn ages(&self) -> Vec<u64> {
        let mut ages = match self {
            Self::Run(folder) => {
                let entries = std::fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten();
                entries.filter_map(|entry| age_of(Path::new(&entry.file_name()))).collect()
            }
            Self::Bundled(network) => match network.snapshots().map(archive) {
                Some(Ok(archive)) => {
                    let names = archive.file_names().filter_map(Result::ok);
                    names.filter_map(|name| age_of(Path::new(&*name))).collect()
                }
                Some(Err(_)) | None => Vec::new(),
            },
        };
        ages.sort_unstable();
        ages.dedup();
        // A folder that somebody has filled with more is none of ours.
        ages.truncate(MOST);
        ages
    }

    /// The network at one of these ages, of the run that `config` describes.
    ///
    /// # Errors
    /// When it is missing or damaged, or that of another run or of another age.
    pub fn read(&self, age: u64, config: &RunConfig) -> Result<Checkpoint, FileError> {
        let path = match self {
            Self::Run(folder) => folder.join(file_name(age)),
            Self::Bundled(network) => PathBuf::from(network.title()),
        };
        let refuse = |problem: String| FileError::new(&path, problem);
        let file = match self {
            Self::Run(_) => TensorFile::read(&path)?,
            Self::Bundled(network) => {
                TensorFile::from_bytes(network.title(), &unpacked(*network, age).map_err(refuse)?)?
            }
        };
        check(Checkpoint::from_file(file)?, age, config).map_err(refuse)
    }
}

type Archive = ZipArchive<Cursor<&'static [u8]>>;

fn archive(bytes: &'static [u8]) -> Result<Archive, String> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())
}

/// The bytes of a bundled snapshot.
fn unpacked(network: Bundled, age: u64) -> Result<Vec<u8>, String> {
    let mut archive = archive(network.snapshots().ok_or("has no snapshots")?)?;
    let mut bytes = Vec::new();
    let mut file = archive.by_name(&name(age)).map_err(|error| format!("has no network of age {age} ({error})"))?;
    file.read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes)
}

/// Refuses what is not the network of this run at `age`.
///
/// # Errors
/// With what was expected and what was found.
fn check(checkpoint: Checkpoint, age: u64, config: &RunConfig) -> Result<Checkpoint, String> {
    let found = &checkpoint.config;
    if found.task().name() != config.task().name() || found.seed != config.seed {
        let name = |config: &RunConfig| format!("{} with training seed {}", config.task().name(), config.seed);
        return Err(format!("expected a network of {}, found one of {}", name(config), name(found)));
    }
    if checkpoint.iteration() != age {
        return Err(format!("expected a network of {age} iterations, found one of {}", checkpoint.iteration()));
    }
    Ok(checkpoint)
}

impl Trainer {
    /// The network as it is now, to be looked at later.
    ///
    /// # Errors
    /// When a tensor cannot be copied.
    pub fn snapshot(&self) -> candle_core::Result<Checkpoint> {
        Ok(Checkpoint {
            config: self.config.clone(),
            network: self.experiment.network(),
            parameters: self.parameters().snapshot()?,
            curve: Vec::new(),
            unrecorded: self.iteration(),
            validations: Vec::new(),
            continuation: None,
            note: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_young_network_is_kept_more_often_than_the_old_one() {
        let all: Vec<u64> = ages(12, 1000).into_iter().collect();
        assert_eq!(all, [0, 1, 2, 4, 8, 16, 32, 63, 126, 251, 501, 1000]);
        assert_eq!(ages(40, 2000).len(), 36, "the first iterations are fewer than snapshots");
        for count in [2, 3, 40, 400] {
            for planned in [1, 2, 7, 400, 80_000] {
                let all = ages(count, planned);
                assert!(
                    all.contains(&0) && all.contains(&planned) && all.len() <= count,
                    "{count} of {planned}: {all:?}"
                );
                assert!(all.iter().all(|age| *age <= planned));
            }
        }
        assert!(ages(0, 100).is_empty() && ages(1, 100).is_empty() && ages(40, 0).is_empty());
    }

    #[test]
    fn large_networks_have_fewer() {
        assert_eq!(affordable(40, 1352), 40);
        assert_eq!(affordable(40, 2_004_002), 16);
        assert_eq!(affordable(40, 500_000_000), 0);
    }

    #[test]
    fn a_name_says_the_age() {
        assert_eq!(file_name(340), Path::new("snapshots/00000340.safetensors"));
        for (name, age) in [("00000340.safetensors", Some(340)), ("340.txt", None), ("x.safetensors", None)] {
            assert_eq!(age_of(Path::new(name)), age, "{name}");
        }
        assert_eq!(age_of(&file_name(12_345_678_901)), Some(12_345_678_901));
    }
}
