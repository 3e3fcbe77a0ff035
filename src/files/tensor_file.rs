//! One `.safetensors` file: float tensors under plain names and a JSON text, read with suspicion.
//!
//! A file that comes from elsewhere may be anything. Sizes are checked before memory is taken, nothing
//! is ever executed, and every refusal names the file, what was expected and what was found.

use super::atomic::write_atomically;
use super::error::{FileError, reason};
use safetensors::{Dtype, SafeTensors, tensor::TensorView};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;
use std::path::{Path, PathBuf};

/// The metadata key under which Hebbscope keeps its JSON.
const JSON_KEY: &str = "hebbscope";

/// The largest header that is read; that of a million tensors would fit.
const MAX_HEADER_BYTES: u64 = 100_000_000;

/// A tensor of float32 values with its shape, row major.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// The size of each dimension.
    pub shape: Vec<usize>,
    /// The values, row major.
    pub values: Vec<f32>,
}

impl Array {
    /// # Panics
    /// When `values` does not fill `shape`.
    pub fn new(shape: &[usize], values: Vec<f32>) -> Self {
        assert_eq!(shape.iter().product::<usize>(), values.len(), "an array is as large as its shape says");
        Self { shape: shape.to_vec(), values }
    }
}

/// The contents of a file: tensors by name, and Hebbscope's JSON.
#[derive(Debug)]
pub struct TensorFile {
    path: PathBuf,
    /// The text under the metadata key `hebbscope`.
    pub json: String,
    tensors: BTreeMap<String, Array>,
}

/// What the JSON of every file says first.
#[derive(Deserialize)]
struct Label {
    kind: String,
    version: u32,
}

/// How values are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// float32: exact.
    Full,
    /// Matrices as float16 (half the size, three significant figures), everything else exact.
    HalfMatrices,
}

impl TensorFile {
    /// Reads a whole file. Tensors must be float32 or float16, and finite.
    ///
    /// # Errors
    /// When the file cannot be read, is of another kind, is damaged, or holds NaN or infinity.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let refuse = |problem: String| FileError::new(path, problem);
        let bytes = read_checked(path)?;
        let (json, tensors) = parse(&bytes).map_err(refuse)?;
        Ok(Self { path: path.to_owned(), json, tensors })
    }

    /// Like [`Self::read`], from memory; `name` stands for the path in messages.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, FileError> {
        let path = PathBuf::from(name);
        let (json, tensors) = check_beginning(bytes, bytes.len() as u64)
            .and_then(|()| parse(bytes))
            .map_err(|problem| FileError::new(&path, problem))?;
        Ok(Self { path, json, tensors })
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Says that the JSON is that of a `kind` (checkpoint, tape) of `version`; the rest of it is not looked at.
    ///
    /// # Errors
    /// When it is of another kind or version.
    pub fn expect(&self, kind: &str, version: u32) -> Result<(), FileError> {
        let label: Label = serde_json::from_str(&self.json).map_err(|error| {
            self.refuse(format!("expected the header of a {kind}, found one that does not fit ({error})"))
        })?;
        if label.kind != kind {
            return Err(self.refuse(format!("expected a {kind}, found a {}", label.kind)));
        }
        if label.version != version {
            return Err(self.refuse(format!("is a {kind} of version {}, expected version {version}", label.version)));
        }
        Ok(())
    }

    /// A refusal of this file.
    pub fn refuse(&self, problem: impl Into<String>) -> FileError {
        FileError::new(&self.path, problem)
    }

    /// Whether there is a tensor called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Takes the tensor called `name`, which must have `shape`.
    ///
    /// # Errors
    /// When it is missing or has another shape.
    pub fn take(&mut self, name: &str, shape: &[usize]) -> Result<Vec<f32>, FileError> {
        let array = self.take_any(name)?;
        if array.shape != shape {
            return Err(self.refuse(format!("tensor {name} has shape {:?}, expected {shape:?}", array.shape)));
        }
        Ok(array.values)
    }

    /// Takes the tensor called `name`, of any shape.
    ///
    /// # Errors
    /// When it is missing.
    fn take_any(&mut self, name: &str) -> Result<Array, FileError> {
        self.tensors.remove(name).ok_or_else(|| self.refuse(format!("tensor {name} is missing")))
    }

    /// Takes every tensor whose name begins with `prefix`; names come back without it.
    pub fn take_prefixed(&mut self, prefix: &str) -> BTreeMap<String, Array> {
        let names: Vec<_> = self.tensors.keys().filter(|name| name.starts_with(prefix)).cloned().collect();
        names
            .into_iter()
            .filter_map(|name| Some((name[prefix.len()..].to_owned(), self.tensors.remove(&name)?)))
            .collect()
    }

    /// Says that everything that belongs has been taken.
    ///
    /// # Errors
    /// When a tensor is left over.
    pub fn finish(self) -> Result<(), FileError> {
        match self.tensors.keys().next() {
            Some(name) => Err(self.refuse(format!("tensor {name} does not belong to this network"))),
            None => Ok(()),
        }
    }
}

/// Writes `tensors` (alphabetically) and `json` to `path`: all of it, or nothing.
///
/// # Errors
/// When a value is not finite (in float16, where it is stored as such), the folder cannot be written to,
/// or the disk is full; the old file is then as it was.
pub fn write_tensors(
    path: &Path,
    json: &str,
    tensors: &BTreeMap<String, Array>,
    precision: Precision,
) -> Result<(), FileError> {
    let refuse = |problem: String| FileError::new(path, problem);
    for (name, array) in tensors {
        // What reading refuses is not written either: it would take the place of a file that opens.
        let stored = |&value: &f32| match precision {
            Precision::HalfMatrices if array.shape.len() > 1 => half::f16::from_f32(value).to_f32(),
            Precision::Full | Precision::HalfMatrices => value,
        };
        if let Some(index) = array.values.iter().position(|value| !stored(value).is_finite()) {
            let value = array.values[index];
            let problem = format!("cannot be written: tensor {name} holds {value} at position {index}");
            return Err(refuse(format!("{problem}, expected finite numbers of the file's precision")));
        }
    }
    let bytes = to_bytes(json, tensors, precision).map_err(|error| refuse(format!("cannot be written: {error}")))?;
    write_atomically(path, &bytes)
}

fn to_bytes(
    json: &str,
    tensors: &BTreeMap<String, Array>,
    precision: Precision,
) -> Result<Vec<u8>, safetensors::SafeTensorError> {
    let encoded: Vec<(&String, &Array, Dtype, Vec<u8>)> = tensors
        .iter()
        .map(|(name, array)| match precision {
            Precision::HalfMatrices if array.shape.len() > 1 => {
                let bytes = array.values.iter().flat_map(|&value| half::f16::from_f32(value).to_le_bytes()).collect();
                (name, array, Dtype::F16, bytes)
            }
            Precision::Full | Precision::HalfMatrices => {
                (name, array, Dtype::F32, array.values.iter().flat_map(|value| value.to_le_bytes()).collect())
            }
        })
        .collect();
    let views = encoded
        .iter()
        .map(|(name, array, dtype, bytes)| Ok((*name, TensorView::new(*dtype, array.shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    let metadata = HashMap::from([(JSON_KEY.to_owned(), json.to_owned())]);
    safetensors::serialize(views, Some(metadata))
}

fn read_checked(path: &Path) -> Result<Vec<u8>, FileError> {
    let refuse = |problem: String| FileError::new(path, problem);
    let io = |error: std::io::Error| FileError::new(path, format!("cannot be read: {}", reason(&error)));
    let facts = std::fs::metadata(path).map_err(io)?;
    if !facts.is_file() {
        return Err(refuse("expected a .safetensors file, found something that is not a file".into()));
    }
    let mut file = std::fs::File::open(path).map_err(io)?;
    let mut beginning = Vec::new();
    Read::by_ref(&mut file).take(16).read_to_end(&mut beginning).map_err(io)?;
    check_beginning(&beginning, facts.len()).map_err(refuse)?;
    let mut bytes = beginning;
    file.take(facts.len()).read_to_end(&mut bytes).map_err(io)?;
    Ok(bytes)
}

/// Recognises what is certainly not ours from its first bytes, before the rest is read.
fn check_beginning(beginning: &[u8], length: u64) -> Result<(), String> {
    if length == 0 {
        return Err("expected a .safetensors file, found an empty one".into());
    }
    if beginning.starts_with(b"PK\x03\x04") {
        return Err(
            "expected a .safetensors file, found a zip archive (perhaps a PyTorch pickle, which is never opened)"
                .into(),
        );
    }
    // The header's length may begin with the bytes of a pickle; the brace that follows it tells them apart.
    let has_brace = beginning.get(8) == Some(&b'{');
    if !has_brace && beginning.len() >= 2 && beginning[0] == 0x80 && (2..=5).contains(&beginning[1]) {
        return Err("expected a .safetensors file, found a Python pickle, which is never opened".into());
    }
    let Some(size) = beginning.first_chunk::<8>() else {
        return Err(format!("expected a .safetensors file, found only {length} bytes"));
    };
    let header = u64::from_le_bytes(*size);
    if !has_brace && beginning.len() > 8 {
        return Err("expected a .safetensors file, found a file of another kind".into());
    }
    if header > MAX_HEADER_BYTES {
        return Err(format!("expected a header of at most {MAX_HEADER_BYTES} bytes, found one that claims {header}"));
    }
    if header + 8 > length {
        return Err(format!("is cut short: expected a header of {header} bytes, found {length} bytes in all"));
    }
    Ok(())
}

fn parse(bytes: &[u8]) -> Result<(String, BTreeMap<String, Array>), String> {
    let damaged = |error: safetensors::SafeTensorError| match error {
        safetensors::SafeTensorError::MetadataIncompleteBuffer => {
            format!("is cut short or padded: its {} bytes are not what its header expects", bytes.len())
        }
        error => format!("expected a .safetensors file, found a damaged one ({error})"),
    };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let json = metadata.metadata().as_ref().and_then(|map| map.get(JSON_KEY)).cloned();
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let json = json.ok_or("expected a file written by Hebbscope, found another program's .safetensors file")?;
    let mut tensors = BTreeMap::new();
    for (name, view) in file.tensors() {
        let values: Vec<f32> = match view.dtype() {
            Dtype::F32 => view.data().as_chunks::<4>().0.iter().map(|&four| f32::from_le_bytes(four)).collect(),
            Dtype::F16 => {
                view.data().as_chunks::<2>().0.iter().map(|&two| half::f16::from_le_bytes(two).to_f32()).collect()
            }
            other => return Err(format!("tensor {name} has values of type {other:?}, expected F32 or F16")),
        };
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(format!("tensor {name} holds {} at position {index}, expected finite numbers", values[index]));
        }
        tensors.insert(name, Array { shape: view.shape().to_vec(), values });
    }
    Ok((json, tensors))
}
