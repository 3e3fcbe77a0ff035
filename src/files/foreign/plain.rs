//! Safetensors that another program has written, without our text of metadata.

use super::stored::{MOST_DIMENSIONS, Numbers, Place, Stored, strides};
use crate::files::one_line;
use crate::files::tensor_file::{self, JSON_KEY};
use safetensors::{Dtype, SafeTensors};
use std::collections::BTreeMap;

/// The tensors of a file by name.
///
/// # Errors
/// When it is damaged, of another kind, or one of ours.
pub(super) fn list(bytes: &[u8]) -> Result<BTreeMap<String, Stored>, String> {
    let header = tensor_file::check_beginning(bytes, bytes.len() as u64)?;
    let damaged = |error: safetensors::SafeTensorError| {
        format!("expected a .safetensors file, found a damaged one ({})", one_line(&error.to_string()))
    };
    SafeTensors::deserialize(bytes).map_err(damaged)?;
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
    if metadata.metadata().as_ref().is_some_and(|map| map.contains_key(JSON_KEY)) {
        return Err("expected a file of another program, found one of Hebbscope, which opens as it is".into());
    }
    // The header has been checked against the bytes.
    let begin = 8 + usize::try_from(header).unwrap_or(usize::MAX);
    let mut tensors = BTreeMap::new();
    for (name, info) in metadata.tensors() {
        if info.shape.len() > MOST_DIMENSIONS {
            return Err(format!("tensor {name} has {} dimensions, expected at most 32", info.shape.len()));
        }
        let numbers = match info.dtype {
            Dtype::F16 => Ok(Numbers::F16),
            Dtype::BF16 => Ok(Numbers::BF16),
            Dtype::F32 => Ok(Numbers::F32),
            Dtype::F64 => Ok(Numbers::F64),
            other => Err(format!("{other:?}")),
        };
        let (from, to) = info.data_offsets;
        let place = Place::File(begin.saturating_add(from)..begin.saturating_add(to));
        let (shape, strides) = (info.shape.clone(), strides(&info.shape, false));
        tensors.insert(name, Stored { shape, numbers, place, offset: 0, strides, is_big_endian: false });
    }
    Ok(tensors)
}
