//! Grey pictures to remember (*Differentiable plasticity*, section 4.3): CIFAR-10, a folder of pictures, or dead
//! leaves. What is kept for testing is never among what is learned from.
//!
//! | file | subject |
//! |---|---|
//! | [`cifar`] | the official binary layout, as a folder or `.tar.gz` |
//! | [`folder`] | any folder of pictures |
//! | [`walk`] | the files below a folder: links, system entries, what cannot be read |
//! | `decode`, `jpeg` | one picture from a file, whole and within bounds of memory |
//! | `budget` | memory that threads share |
//! | [`dead_leaves`] | a generator that needs no files |
//! | [`grey`] | luminance, resampling, normalisation |

mod budget;
pub mod cifar;
pub mod dead_leaves;
pub(in crate::data) mod decode;
pub mod folder;
pub mod grey;
mod jpeg;
pub mod walk;

pub use super::Split;

use super::recent::Recent;
use super::{DataError, Generator, Named, Provenance, Stream, place_of};
use crate::files::{Fingerprint, one_line};
use cifar::Layout;
use rand::{RngCore as _, seq::index};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What is counted where it is put on record what a network has learned from.
const UNIT: &str = "pictures";

/// What the official data set is called.
const CIFAR: &str = "CIFAR-10";

/// Where pictures come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// CIFAR-10 at a path, or where `HEBBSCOPE_DATA` says.
    Cifar(Option<PathBuf>),
    /// A folder of pictures.
    Folder(PathBuf),
    /// The generator.
    DeadLeaves,
}

/// Which pictures are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// Where they come from.
    pub source: Source,
    /// Pixels along each side.
    pub side: usize,
    /// Decides which pictures of a folder are kept for testing.
    pub split_seed: u64,
    /// The part of a folder's pictures that is kept for testing.
    pub test_share: f64,
    /// How many different pictures one lifetime needs.
    pub least: usize,
}

/// Pictures to draw from.
#[derive(Clone, Debug)]
pub struct Pictures {
    kind: Supply,
    side: usize,
    description: String,
    fingerprint: Option<String>,
    provenance: Option<Provenance>,
}

#[derive(Clone, Debug)]
enum Supply {
    /// Grey bytes, `side`² for each picture.
    Stored(Arc<Vec<u8>>),
    /// A new picture at every draw.
    DeadLeaves(Split),
}

impl Pictures {
    /// Opens one half of the pictures. What is read from files stays in memory, the last few of them: the window
    /// lives one lifetime after another.
    ///
    /// # Errors
    /// When the files are missing or damaged, or too few.
    pub fn open(request: &Request, split: Split) -> Result<Self, DataError> {
        let place = match &request.source {
            Source::DeadLeaves => {
                let kind = Supply::DeadLeaves(split);
                let description = "dead leaves, generated".into();
                return Ok(Self { kind, side: request.side, description, fingerprint: None, provenance: None });
            }
            Source::Cifar(path) => Place::Cifar(locate(path.as_deref())?),
            Source::Folder(path) => Place::Folder(path.clone()),
        };
        RECENT.get((place, split, request.clone()), |(place, split, request)| Self::read(request, place, *split))
    }

    fn read(request: &Request, place: &Place, split: Split) -> Result<Self, DataError> {
        let side = request.side;
        let (path, pixels, description, fingerprint, provenance) = match place {
            Place::Folder(path) => {
                let folder = folder::read(path, side)?;
                let halves = folder.split(request.split_seed, request.test_share, request.least);
                let [learned, kept] = halves.each_ref().map(Vec::len);
                let [training, test] = halves;
                let (pixels, words) = match split {
                    Split::Training => (training, format!("{learned} to learn from, {kept} kept for testing")),
                    Split::Test => (test, format!("{kept} kept for testing")),
                };
                let description =
                    format!("pictures of {}, {words}{}", one_line(&path.display().to_string()), folder.remarks());
                // Of both halves: a picture that comes or goes may move others from one half to the other.
                let fingerprint = Some(fingerprint(folder.pictures.iter().map(Vec::as_slice)));
                let provenance = (split == Split::Training).then(|| Provenance {
                    source: "a folder".into(),
                    count: learned as u64,
                    unit: UNIT.into(),
                    kept_for_testing: Some(kept as u64),
                    files: BTreeMap::new(),
                    vocabulary: String::new(),
                });
                (path.as_path(), pixels.concat(), description, fingerprint, provenance)
            }
            Place::Cifar(layout) => {
                let half = layout.read(split, side)?;
                let batch = match split {
                    Split::Training => "training batches",
                    Split::Test => "test batch",
                };
                let remark = half.remark();
                let (pixels, files) = (half.pixels, half.files);
                let description = format!("CIFAR-10 {batch}, {} pictures{remark}", pixels.len() / (side * side));
                // The test batch is a file of its own: whatever was learned from, it is unseen.
                let fingerprint = (split == Split::Training).then(|| fingerprint([&pixels[..]].into_iter()));
                let provenance = (split == Split::Training).then(|| Provenance {
                    source: "CIFAR-10".into(),
                    count: files.values().sum(),
                    unit: UNIT.into(),
                    kept_for_testing: None,
                    files,
                    vocabulary: String::new(),
                });
                (layout.path(), pixels, description, fingerprint, provenance)
            }
        };
        let (count, least) = (pixels.len() / (side * side), request.least);
        if count < least {
            let problem = format!("expected at least {least} pictures for an episode, found {count} ({description})");
            return Err(DataError::new(path, problem));
        }
        Ok(Self { kind: Supply::Stored(Arc::new(pixels)), side, description, fingerprint, provenance })
    }

    /// What they are, in a few words.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Tells these pictures from others; `None` where they are generated, and for the test batch of CIFAR-10.
    pub fn fingerprint(&self) -> Option<&str> {
        self.fingerprint.as_deref()
    }

    /// What is put on record of them with a network that learns from them; `None` where they are generated or kept for
    /// testing.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.provenance.as_ref()
    }

    /// How many different pictures there are; `None` for a generator.
    pub fn count(&self) -> Option<usize> {
        match &self.kind {
            Supply::Stored(pixels) => Some(pixels.len() / (self.side * self.side)),
            Supply::DeadLeaves(_) => None,
        }
    }

    /// `count` different pictures of `side`² values [as they are shown](grey::shown).
    pub fn draw(&self, generator: &mut Generator, count: usize) -> Vec<Vec<f32>> {
        let size = self.side * self.side;
        match &self.kind {
            Supply::Stored(pixels) => index::sample(generator, pixels.len() / size, count)
                .into_iter()
                .map(|picture| grey::shown(&pixels[picture * size..][..size]))
                .collect(),
            Supply::DeadLeaves(split) => (0..count)
                .map(|_| {
                    // Test pictures have odd seeds: no picture can be on both sides.
                    let seed = generator.next_u64() << 1 | u64::from(*split == Split::Test);
                    grey::shown(&dead_leaves::picture(&mut Generator::new(seed, Stream::Training), self.side))
                })
                .collect(),
        }
    }
}

/// One picture of any size: its central square in `side`² values [as they are shown](grey::shown).
///
/// # Errors
/// When the file cannot be read or decoded, or is too large.
pub fn read(file: &Path, side: usize) -> Result<Vec<f32>, DataError> {
    let pixels = folder::read_one(file, side).map_err(|reason| DataError::new(file, reason))?;
    Ok(grey::shown(&pixels))
}

/// The fingerprint of all pictures together.
fn fingerprint<'a>(pictures: impl Iterator<Item = &'a [u8]>) -> String {
    let mut fingerprint = Fingerprint::default();
    pictures.for_each(|picture| fingerprint.add(picture));
    fingerprint.to_string()
}

/// Finds CIFAR-10 at `path`, or where [`DATA_VARIABLE`](super::DATA_VARIABLE) says.
///
/// # Errors
/// When it is not there.
pub fn locate(path: Option<&Path>) -> Result<Layout, DataError> {
    let (folder, place) = place_of(path, CIFAR)?;
    Layout::find(&folder).ok_or_else(|| {
        let expected = "expected CIFAR-10 in its binary layout (a folder with data_batch_1.bin or its .tar.gz)";
        let other = cifar::other_version(&folder);
        other.unwrap_or_else(|| DataError::of(place, format!("{expected}, found none")))
    })
}

/// Whether CIFAR-10 is where [`DATA_VARIABLE`](super::DATA_VARIABLE) says.
///
/// # Errors
/// When the variable names what cannot be read.
pub fn named() -> Result<Named, DataError> {
    Named::look(CIFAR, || locate(None))
}

/// Where files were found; for CIFAR-10 that may depend on the environment.
#[derive(PartialEq)]
enum Place {
    Cifar(Layout),
    Folder(PathBuf),
}

/// Pictures that were read from files.
static RECENT: Recent<(Place, Split, Request), Pictures> = Recent::new();
