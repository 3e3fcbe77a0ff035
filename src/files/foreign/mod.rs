//! Files with tensors that other programs have written, read with suspicion: what is in them is listed first, and numbers
//! are read only of what is wanted.
//!
//! | file | subject |
//! |---|---|
//! | here | a file, what kind it is, and the numbers of one tensor |
//! | [`archive`] | a zip archive in memory, without believing what its headers say |
//! | [`npz`] | arrays of NumPy |
//! | `plain` | safetensors without our text of metadata |
//! | [`stored`] | where the numbers of a tensor lie, and how they are brought into order |

pub mod archive;
pub mod npz;
mod plain;
pub mod stored;

pub use archive::Archive;
pub use stored::{Numbers, Stored};

use super::error::FileError;
use super::{budget, guarded};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What people call such a file.
pub const EXPECTED: &str = "a file with tensors";

/// The same, by what writes it.
const WRITTEN: &str = "what torch.save, numpy.savez or safetensors write";

/// What a zip archive begins with.
const ZIP: &[u8] = b"PK\x03\x04";

/// The number with which PyTorch begins a file that is no zip archive, as a pickle of protocol 2.
const LEGACY: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";

/// A file of another program, its bytes in memory.
pub struct ForeignFile {
    path: PathBuf,
    /// Who writes such files: "NumPy".
    pub format: &'static str,
    contents: Contents,
    /// Its tensors by name.
    pub tensors: BTreeMap<String, Stored>,
}

enum Contents {
    Bytes(Vec<u8>),
    Zip(Archive),
}

/// A file whose tensors are not listed yet.
pub enum Opened {
    /// A file whose tensors are listed.
    Listed(ForeignFile),
    /// A zip archive with a pickle in it, which says what tensors there are.
    Pickled {
        /// The archive.
        archive: Archive,
        /// The entry with the pickle.
        pickle: String,
    },
}

/// Whether a file looks as other programs write them, whole or damaged: by its first bytes, or by the end of its name.
pub fn is_of_others(path: &Path) -> bool {
    const ENDINGS: [&str; 4] = ["pt", "pth", "dat", "npz"];
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let opened = guarded::Guarded::open(path, EXPECTED, budget::bytes() / 3);
    let first = opened.and_then(|mut file| file.beginning(9)).unwrap_or_default();
    // The length of a header may begin as a pickle does; the brace that follows it tells them apart.
    let is_pickle = first.first() == Some(&LEGACY[0]) && first.get(8) != Some(&b'{');
    first.starts_with(ZIP) || is_pickle || ending.is_some_and(|ending| ENDINGS.contains(&&*ending))
}

/// Reads a file into memory and lists its tensors, where that takes no pickle.
///
/// # Errors
/// When it cannot be read, is too large for this machine, is damaged, or is of another kind.
pub fn open(path: &Path) -> Result<Opened, FileError> {
    let bytes = guarded::read(path, EXPECTED, budget::bytes() / 3)?;
    from_bytes(path, bytes)
}

/// Like [`open`], from memory; `path` is for messages.
///
/// # Errors
/// As [`open`].
pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Opened, FileError> {
    let refuse = |problem: String| FileError::new(path, problem);
    if bytes.starts_with(LEGACY) {
        return Err(refuse(
            "is a PyTorch file of the old kind, which is not read: load it in PyTorch 1.6 or newer and save it again \
             with torch.save(state_dict, path), which makes a zip archive of it"
                .into(),
        ));
    }
    if bytes.starts_with(ZIP) {
        let mut archive = Archive::new(bytes).map_err(refuse)?;
        let pickle = archive.names().find(|name| *name == "data.pkl" || name.ends_with("/data.pkl")).map(str::to_owned);
        if let Some(pickle) = pickle {
            return Ok(Opened::Pickled { archive, pickle });
        }
        let tensors = npz::list(&mut archive).map_err(refuse)?;
        return Ok(Opened::Listed(ForeignFile::zipped(path, "NumPy", archive, tensors)));
    }
    if bytes.get(8) != Some(&b'{') {
        let found = match bytes.first() {
            None => "an empty file",
            Some(0x80) => "a Python pickle by itself, which is not read",
            Some(_) => "a file of another kind",
        };
        return Err(refuse(format!("expected {WRITTEN}, found {found}")));
    }
    let tensors = plain::list(&bytes).map_err(refuse)?;
    let (path, contents) = (path.to_owned(), Contents::Bytes(bytes));
    Ok(Opened::Listed(ForeignFile { path, format: "safetensors", contents, tensors }))
}

impl ForeignFile {
    /// An archive with the tensors that lie in it.
    pub fn zipped(path: &Path, format: &'static str, archive: Archive, tensors: BTreeMap<String, Stored>) -> Self {
        Self { path: path.to_owned(), format, contents: Contents::Zip(archive), tensors }
    }

    /// A refusal of this file.
    pub fn refuse(&self, problem: impl Into<String>) -> FileError {
        FileError::new(&self.path, problem)
    }

    /// The numbers of a tensor as float32, row major; they may be NaN or infinite.
    ///
    /// # Errors
    /// When there is no such tensor, its numbers are none that can be read, or it says that it has more than there are.
    pub fn values(&mut self, name: &str) -> Result<Vec<f32>, FileError> {
        let values = match self.tensors.get(name) {
            None => Err("is not there".to_owned()),
            Some(stored) => match &mut self.contents {
                Contents::Bytes(bytes) => stored.gather(bytes),
                Contents::Zip(archive) => stored.unpacked(archive).and_then(|bytes| stored.gather(&bytes)),
            },
        };
        values.map_err(|problem| self.refuse(format!("tensor {name} {problem}")))
    }
}
