//! Gradients of an iteration: their norm, and clipping by it.

use super::trainer::Gradients;
use crate::plastic::direct::Direct;
use candle_core::{CpuStorage, Result, Storage, Tensor};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Values per parallel piece of an update.
pub(super) const PIECE: usize = 1 << 15;

/// So many pieces are summed up side by side.
const ABREAST: usize = 4;

/// Gradients on the device of their parameters, by the parameter's name.
pub type DeviceGradients = BTreeMap<String, Direct>;

/// Shows `look` the values of a tensor, without a copy where they lie on the host in one piece.
pub(super) fn with_host_values<T>(tensor: &Tensor, look: impl FnOnce(&[f32]) -> T) -> Result<T> {
    let (storage, layout) = tensor.storage_and_layout();
    if let (Storage::Cpu(CpuStorage::F32(values)), Some((begin, end))) = (&*storage, layout.contiguous_offsets()) {
        return Ok(look(&values[begin..end]));
    }
    drop(storage);
    Ok(look(&tensor.flatten_all()?.to_vec1::<f32>()?))
}

/// The L2 norm of all gradients together. Summed in a fixed order.
///
/// # Errors
/// When a device fails.
pub fn global_norm(gradients: &DeviceGradients) -> Result<f64> {
    let squares = |gradient: &Direct| match gradient {
        Direct::Whole(tensor) => squares_of(tensor),
        Direct::Rows(rows) => Ok(squared(&rows.values)),
        Direct::Outer(outer) => Ok(outer.squared()),
    };
    Ok(gradients.values().map(squares).sum::<Result<f64>>()?.sqrt())
}

fn squares_of(tensor: &Tensor) -> Result<f64> {
    #[cfg(feature = "cuda")]
    if tensor.device().is_cuda() {
        return crate::device::cuda::squared_norm(&tensor.contiguous()?);
    }
    with_host_values(tensor, squared)
}

/// The sum of all squares: of each piece in its order, then of the pieces.
fn squared(values: &[f32]) -> f64 {
    if values.len() <= PIECE {
        return squares(values);
    }
    let blocks = values.par_chunks(ABREAST * PIECE).map(|block| {
        let mut pieces = block.chunks_exact(PIECE);
        match [0; ABREAST].map(|_| pieces.next()) {
            [Some(a), Some(b), Some(c), Some(d)] => squares_abreast([a, b, c, d]),
            _ => block.chunks(PIECE).map(squares).collect(),
        }
    });
    blocks.collect::<Vec<_>>().concat().iter().sum()
}

fn squares(piece: &[f32]) -> f64 {
    piece.iter().map(|&value| f64::from(value) * f64::from(value)).sum()
}

/// The same of pieces of one length: a sum waits for the one before it, and meanwhile others can be made.
fn squares_abreast(pieces: [&[f32]; ABREAST]) -> Vec<f64> {
    let mut sums = [0.0; ABREAST];
    let [a, b, c, d] = pieces;
    for (((a, b), c), d) in a.iter().zip(b).zip(c).zip(d) {
        for (sum, value) in sums.iter_mut().zip([a, b, c, d]) {
            *sum += f64::from(*value) * f64::from(*value);
        }
    }
    sums.to_vec()
}

/// By what gradients of global norm `norm` are multiplied so that it is at most `limit`.
pub fn clip_scale(norm: f64, limit: Option<f64>) -> f32 {
    match limit {
        Some(limit) if norm > limit => (limit / (norm + 1e-6)) as f32,
        Some(_) | None => 1.0,
    }
}

/// A copy of the gradients on the host, multiplied by `scale`.
///
/// # Errors
/// When a device fails.
pub fn to_host(gradients: &DeviceGradients, scale: f32) -> Result<Gradients> {
    let copy = |(name, gradient): (&String, &Direct)| {
        let scaled = |values: &[f32]| values.iter().map(|value| scale * value).collect();
        let values = match gradient {
            Direct::Whole(tensor) => with_host_values(tensor, scaled)?,
            // Those who look at gradients ask for whole ones.
            Direct::Rows(rows) => scaled(&rows.values),
            Direct::Outer(outer) => scaled(&outer.whole()),
        };
        Ok((name.clone(), values))
    };
    gradients.iter().map(copy).collect()
}
