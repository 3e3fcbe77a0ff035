//! One `.safetensors` file: float tensors under plain names and a JSON text, read with suspicion.
//!
//! A file that comes from elsewhere may be anything. Sizes are checked before memory is taken, nothing
//! is ever executed, and every refusal names the file, what was expected and what was found.

use super::error::FileError;
use super::{Guarded, budget};
use half::f16;
use safetensors::tensor::{Metadata, TensorView};
use safetensors::{Dtype, SafeTensors};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// The metadata key under which Hebbscope keeps its JSON.
pub(super) const JSON_KEY: &str = "hebbscope";

/// What makes a checkpoint of another program's file.
const IMPORT: &str = "hebbscope import FILE --task TASK --out CHECKPOINT makes a checkpoint of it";

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
    /// What is worth knowing about how it was read: that numbers were of another precision.
    note: Option<String>,
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
    /// Matrices as float16 (half the size, three significant figures), and rows of more than 60 000 numbers where all of
    /// them fit, as the curves of long runs; everything else exact.
    HalfMatrices,
}

/// See [`Precision::HalfMatrices`].
const LONG: usize = 60_000;

impl Precision {
    /// Whether it stores an array as float16.
    fn halves(self, array: &Array) -> bool {
        let is_long = || array.values.len() > LONG && array.values.iter().all(|value| value.abs() < f16::MAX.to_f32());
        self == Self::HalfMatrices && (array.shape.len() > 1 || is_long())
    }
}

impl TensorFile {
    /// Reads a whole file. Tensors must be floats, and finite as float32; those of 64 bits are rounded, those of 16
    /// widened.
    ///
    /// # Errors
    /// When the file cannot be read, is of another kind, is damaged, or holds NaN or infinity.
    pub fn read(path: &Path) -> Result<Self, FileError> {
        let refuse = |problem: String| FileError::new(path, problem);
        let bytes = read_checked(path)?;
        let Contents { json, note, tensors } = parse(&bytes).map_err(refuse)?;
        Ok(Self { path: path.to_owned(), json, note, tensors })
    }

    /// Like [`Self::read`], from memory; `name` stands for the path in messages.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, FileError> {
        let path = PathBuf::from(name);
        let Contents { json, note, tensors } = check_beginning(bytes, bytes.len() as u64)
            .and_then(|_| parse(bytes))
            .map_err(|problem| FileError::new(&path, problem))?;
        Ok(Self { path, json, note, tensors })
    }

    /// The file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What is worth knowing about how it was read, as a sentence without its point: that it was saved again by another
    /// program, in another precision.
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
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

/// The bytes of a file of `tensors` (alphabetically) and `json`, which is to lie at `path`.
///
/// # Errors
/// When a value is not finite (in float16, where it is stored as such).
pub fn tensor_bytes(
    path: &Path,
    json: &str,
    tensors: &BTreeMap<String, Array>,
    precision: Precision,
) -> Result<Vec<u8>, FileError> {
    let refuse = |problem: String| FileError::new(path, problem);
    for (name, array) in tensors {
        // What reading refuses is not written either: it would take the place of a file that opens.
        let halves = precision.halves(array);
        let stored = |&value: &f32| if halves { f16::from_f32(value).to_f32() } else { value };
        if let Some(index) = array.values.iter().position(|value| !stored(value).is_finite()) {
            let value = array.values[index];
            let problem = format!("cannot be written: tensor {name} holds {value} at position {index}");
            return Err(refuse(format!("{problem}, expected finite numbers of the file's precision")));
        }
    }
    to_bytes(json, tensors, precision).map_err(|error| refuse(format!("cannot be written: {error}")))
}

fn to_bytes(
    json: &str,
    tensors: &BTreeMap<String, Array>,
    precision: Precision,
) -> Result<Vec<u8>, safetensors::SafeTensorError> {
    let encoded: Vec<(&String, &Array, Dtype, Vec<u8>)> = tensors
        .iter()
        .map(|(name, array)| match precision.halves(array) {
            true => {
                let bytes = array.values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect();
                (name, array, Dtype::F16, bytes)
            }
            false => (name, array, Dtype::F32, array.values.iter().flat_map(|value| value.to_le_bytes()).collect()),
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
    let mut file = Guarded::open(path, "a .safetensors file", u64::MAX)?;
    let length = file.length();
    let mut bytes = file.beginning(16)?;
    // What the header says is checked before the rest is read: a file may be larger than the memory, and hold nothing.
    let header = check_beginning(&bytes, length).map_err(refuse)?;
    bytes.extend(file.beginning((8 + header).saturating_sub(bytes.len() as u64))?);
    check_length(bytes.get(8..).unwrap_or_default(), header, length).map_err(refuse)?;
    file.read_behind(bytes)
}

/// Checks that a file is as long as its header says, and fits in memory.
fn check_length(header: &[u8], header_length: u64, length: u64) -> Result<(), String> {
    let metadata: Metadata = serde_json::from_slice(header)
        .map_err(|error| format!("expected a .safetensors file, found a damaged one ({error})"))?;
    let expected = 8 + header_length + metadata.data_len() as u64;
    if length != expected {
        return Err(cut_or_padded(length));
    }
    // The file itself, and its numbers beside it.
    let most = budget::bytes() / 3;
    if length > most {
        return Err(format!("expected at most {most} bytes, a part of this machine's memory, found {length}"));
    }
    Ok(())
}

fn cut_or_padded(length: u64) -> String {
    format!("is cut short or padded: its {length} bytes are not what its header expects")
}

/// Recognises what is certainly not ours from its first bytes, before the rest is read. Answers how long the header is.
pub(super) fn check_beginning(beginning: &[u8], length: u64) -> Result<u64, String> {
    if length == 0 {
        return Err("expected a .safetensors file, found an empty one".into());
    }
    if beginning.starts_with(b"PK\x03\x04") {
        return Err(format!(
            "expected a .safetensors file, found a zip archive, as PyTorch and NumPy write them: {IMPORT}"
        ));
    }
    // The header's length may begin with the bytes of a pickle; the brace that follows it tells them apart.
    let has_brace = beginning.get(8) == Some(&b'{');
    if !has_brace && beginning.len() >= 2 && beginning[0] == 0x80 && (2..=5).contains(&beginning[1]) {
        return Err(format!("expected a .safetensors file, found a Python pickle; if PyTorch wrote it, {IMPORT}"));
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
    Ok(header)
}

/// What a file holds.
struct Contents {
    json: String,
    note: Option<String>,
    tensors: BTreeMap<String, Array>,
}

fn parse(bytes: &[u8]) -> Result<Contents, String> {
    let damaged = |error: safetensors::SafeTensorError| match error {
        safetensors::SafeTensorError::MetadataIncompleteBuffer => cut_or_padded(bytes.len() as u64),
        error => format!("expected a .safetensors file, found a damaged one ({error})"),
    };
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    let json = metadata.metadata().as_ref().and_then(|map| map.get(JSON_KEY)).cloned();
    let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
    let json = json.ok_or_else(|| {
        format!(
            "expected a file written by Hebbscope, found another program's, or one that was saved again without its \
             metadata (the text under \"{JSON_KEY}\"): {IMPORT}"
        )
    })?;
    let (mut tensors, mut foreign) = (BTreeMap::new(), BTreeMap::new());
    for (name, view) in file.tensors() {
        let values = floats(&view).map_err(|problem| format!("tensor {name} {problem}"))?;
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(format!("tensor {name} holds {} at position {index}, expected finite numbers", values[index]));
        }
        if let Some(title) = foreign_precision(view.dtype()) {
            *foreign.entry(title).or_insert(0) += 1;
        }
        tensors.insert(name, Array { shape: view.shape().to_vec(), values });
    }
    let note = (!foreign.is_empty()).then(|| {
        let parts: Vec<String> =
            foreign.iter().map(|((title, done), count)| format!("{count} tensors of {title} {done}")).collect();
        format!("another program has saved it again: {} to float32", parts.join(", "))
    });
    Ok(Contents { json, note, tensors })
}

/// The numbers of a tensor as float32.
fn floats(view: &TensorView<'_>) -> Result<Vec<f32>, String> {
    let data = view.data();
    let mut values = Vec::new();
    let size = view.dtype().bitsize() / 8;
    if values.try_reserve_exact(data.len() / size.max(1)).is_err() {
        return Err(format!("does not fit in memory: it has {} bytes", data.len()));
    }
    match view.dtype() {
        Dtype::F32 => values.extend(data.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes))),
        Dtype::F16 => values.extend(data.as_chunks().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32())),
        Dtype::BF16 => values.extend(data.as_chunks().0.iter().map(|&bytes| half::bf16::from_le_bytes(bytes).to_f32())),
        Dtype::F64 => values.extend(data.as_chunks().0.iter().map(|&bytes| f64::from_le_bytes(bytes) as f32)),
        other => return Err(format!("has values of type {other:?}, expected F32, F16, BF16 or F64")),
    }
    Ok(values)
}

/// What a precision is called that Hebbscope does not write, and what becomes of its numbers.
fn foreign_precision(dtype: Dtype) -> Option<(&'static str, &'static str)> {
    match dtype {
        Dtype::BF16 => Some(("bfloat16", "widened")),
        Dtype::F64 => Some(("float64", "rounded")),
        _ => None,
    }
}
