//! NPZ: numpy's own layout, a zip archive, not compressed, of one `.npy` (version 1.0) per array.

use super::{ExportError, Progress, file};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

/// Header and values of a `.npy` begin at multiples of this many bytes.
const ALIGNMENT: usize = 64;

/// An array as NumPy has it, row major. A shape of no sides is that of one value.
#[derive(Clone, Debug, PartialEq)]
pub struct NumpyArray {
    /// Its sides.
    pub shape: Vec<usize>,
    /// Its values.
    pub values: Values,
}

/// What an array holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Numbers of the network, `float32`.
    Real(Vec<f32>),
    /// Whole numbers, `int64`.
    Whole(Vec<i64>),
    /// Words, `str`.
    Words(Vec<String>),
}

impl NumpyArray {
    /// Numbers of the network.
    pub fn real(shape: &[usize], values: Vec<f32>) -> Self {
        Self { shape: shape.to_vec(), values: Values::Real(values) }
    }

    /// Whole numbers, below those that an `int64` does not hold.
    pub fn whole(shape: &[usize], values: impl IntoIterator<Item = usize>) -> Self {
        let values = values.into_iter().map(|value| i64::try_from(value).unwrap_or(i64::MAX)).collect();
        Self { shape: shape.to_vec(), values: Values::Whole(values) }
    }

    /// Words, one after the other.
    pub fn words(words: Vec<String>) -> Self {
        Self { shape: vec![words.len()], values: Values::Words(words) }
    }

    /// What numpy calls the type, and all values, little-endian.
    fn encoded(&self) -> (String, Vec<u8>) {
        match &self.values {
            Values::Real(values) => ("<f4".to_owned(), values.iter().flat_map(|value| value.to_le_bytes()).collect()),
            Values::Whole(values) => ("<i8".to_owned(), values.iter().flat_map(|value| value.to_le_bytes()).collect()),
            Values::Words(words) => {
                // As wide as the longest, in UTF-32, and zeros behind the others.
                let width = words.iter().map(|word| word.chars().count()).max().unwrap_or(0).max(1);
                let padded =
                    words.iter().flat_map(|word| word.chars().map(u32::from).chain(std::iter::repeat(0)).take(width));
                (format!("<U{width}"), padded.flat_map(u32::to_le_bytes).collect())
            }
        }
    }
}

/// Writes arrays by name.
///
/// # Errors
/// When it is cancelled or the file cannot be written.
pub fn write(arrays: &BTreeMap<String, NumpyArray>, path: &Path, progress: &Progress) -> Result<(), ExportError> {
    file::write(path, progress, |draft| {
        let mut archive = ZipWriter::new(draft);
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        for (index, (name, array)) in arrays.iter().enumerate() {
            progress.report(index, arrays.len())?;
            let (kind, bytes) = array.encoded();
            let large = bytes.len() >= (u32::MAX / 2) as usize;
            let started = archive.start_file(format!("{name}.npy"), options.large_file(large));
            started.map_err(|error| file::not_encoded(path, &error))?;
            let shape: String = array.shape.iter().map(|side| format!("{side},")).collect();
            write_npy(&mut archive, &kind, &shape, &bytes).map_err(|error| file::refused(path, &error))?;
        }
        archive.finish().map_err(|error| file::not_encoded(path, &error))?;
        progress.report(arrays.len(), arrays.len())
    })
}

fn write_npy(out: &mut impl Write, kind: &str, shape: &str, bytes: &[u8]) -> std::io::Result<()> {
    let mut header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({shape}), }}");
    let before = b"\x93NUMPY\x01\x00".len() + size_of::<u16>();
    let end = (before + header.len() + 1).next_multiple_of(ALIGNMENT);
    header.push_str(&" ".repeat(end - before - header.len() - 1));
    header.push('\n');
    let length = u16::try_from(header.len()).map_err(std::io::Error::other)?;
    out.write_all(b"\x93NUMPY\x01\x00")?;
    out.write_all(&length.to_le_bytes())?;
    out.write_all(header.as_bytes())?;
    out.write_all(bytes)
}
